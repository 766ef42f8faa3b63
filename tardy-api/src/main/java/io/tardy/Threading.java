package io.tardy;

/**
 * How many runtimes, and so threads, an entry starts.
 *
 * @param runtimes at least 1
 */
public record Threading(int runtimes) {

    public Threading {
        if (runtimes < 1) {
            throw new IllegalArgumentException("runtimes: " + runtimes + ", must be at least 1");
        }
    }

    /** One runtime. */
    public static Threading single() {
        return new Threading(1);
    }

    /** This many runtimes. */
    public static Threading multi(int runtimes) {
        return new Threading(runtimes);
    }

    /** One runtime for each processor the JVM may use. */
    public static Threading all() {
        return new Threading(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Half of the processors less one, and at least one: leaves room for the rest of the program.
     */
    public static Threading auto() {
        return new Threading(Math.max(Runtime.getRuntime().availableProcessors() / 2 - 1, 1));
    }
}
