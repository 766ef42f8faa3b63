package io.tardy.examples.redis;

/** A command on keys and values. Its body checks everything before it changes anything. */
record Command(int countMin, int countMax, boolean grows, Body body) {

    static final int ANY = Integer.MAX_VALUE;

    @FunctionalInterface
    interface Body {
        void run(Call call) throws CommandException;
    }

    /** A command that takes memory, so that it is refused where there is none. */
    static Command growing(int countMin, int countMax, Body body) {
        return new Command(countMin, countMax, true, body);
    }

    /**
     * @param countMin how many strings it has at least, its name too
     */
    static Command of(int countMin, int countMax, Body body) {
        return new Command(countMin, countMax, false, body);
    }

    void requireCount(int count) throws CommandException {
        if (count < countMin || count > countMax) {
            throw new CommandException("ERR the command has another number of arguments");
        }
    }
}
