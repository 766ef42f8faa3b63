package io.tardy.os;

/**
 * What a call came to, where that is not the value itself. A method that "returns an outcome"
 * returns the value of the operation, which may be null, or one of these.
 */
public abstract sealed class Outcome {

    /** Nothing has happened: the call would have had to wait. */
    public static final Outcome WOULD_WAIT = new Waiting();

    /** As many bytes as {@link SocketCalls#count} says: no object is made for their number. */
    public static final Outcome BYTES = new Bytes();

    private Outcome() {}

    private static final class Bytes extends Outcome {}

    private static final class Waiting extends Outcome {}

    /** The system refused. */
    public static final class Failed extends Outcome {
        private final int errno;

        /**
         * @param errno the system's number, positive; 0 is the end of a stream
         */
        public Failed(int errno) {
            this.errno = errno;
        }

        /** The system's number, positive; 0 is the end of a stream. */
        public int errno() {
            return errno;
        }
    }

    /** An argument made the call impossible, or an allocator had no memory for it. */
    public static final class Threw extends Outcome {
        private final Throwable thrown;

        /**
         * @param thrown a {@code RuntimeException} or an {@code Error}
         */
        public Threw(Throwable thrown) {
            this.thrown = thrown;
        }

        /** A {@code RuntimeException} or an {@code Error}. */
        public Throwable thrown() {
            return thrown;
        }
    }
}
