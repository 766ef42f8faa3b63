package io.tardy.examples.redis;

import java.util.List;

/** One command with its arguments, where its reply goes, and what it works on. */
final class Call {

    final List<String> arguments;
    final RespWriter reply;
    final Store store;

    /** What the log gets in place of the arguments: a time, for example, and not "in a minute". */
    private List<String> logged;

    Call(List<String> arguments, RespWriter reply, Store store) {
        this.arguments = arguments;
        this.reply = reply;
        this.store = store;
        this.logged = arguments;
    }

    /** The name is the first. */
    String argument(int index) {
        return arguments.get(index);
    }

    int count() {
        return arguments.size();
    }

    long integer(int index) throws CommandException {
        return integerOf(argument(index));
    }

    static long integerOf(String text) throws CommandException {
        try {
            long value = Long.parseLong(text);
            if (Long.toString(value).equals(text)) { // there is one way to write it
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CommandException("ERR that is no integer of 64 bits");
    }

    /** How many are asked for: the argument at this index, or one if it is not there. */
    int countAt(int index) throws CommandException {
        if (index >= count()) {
            return 1;
        }
        long asked = integer(index);
        if (asked < 0) {
            throw new CommandException("ERR a count is not negative");
        }
        return (int) Math.min(asked, Integer.MAX_VALUE);
    }

    /** So much time from now, as the ms since 1970. */
    long fromNow(long count, long unitMs) throws CommandException {
        try {
            return Math.addExact(store.nowMs(), Math.multiplyExact(count, unitMs));
        } catch (ArithmeticException e) {
            throw new CommandException("ERR that time is too far away");
        }
    }

    void logAs(String... request) {
        logged = List.of(request);
    }

    List<String> logged() {
        return logged;
    }
}
