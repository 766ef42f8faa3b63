package io.tardy.spi;

/**
 * An open file or directory of the system. An operation that uses it holds it; when it is closed
 * meanwhile the descriptor is given back by the last that holds it, so that none ever works on a
 * number that already means another file.
 */
public abstract class FileHandle {

    /** Guards the fields below. */
    private final Object lock = new Object();

    private int holders;
    private boolean closed;

    protected FileHandle() {}

    /** Whether {@link #close} was called. */
    public final boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** Whether an operation uses it. */
    public final boolean isHeld() {
        synchronized (lock) {
            return holders > 0;
        }
    }

    /**
     * Begins to use it; to be followed by one {@link #release}.
     *
     * @return false if it is closed
     */
    public final boolean hold() {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            holders++;
            return true;
        }
    }

    /** Ends a use. */
    public final void release() {
        boolean last;
        synchronized (lock) {
            holders--;
            last = closed && holders == 0;
        }
        if (last) {
            closeDescriptor();
        }
    }

    /**
     * Closes it for everybody: no use can begin from now on.
     *
     * @return whether the caller has to give the descriptor back; if not, it was closed before, or
     *     the last that uses it will
     */
    public final boolean close() {
        synchronized (lock) {
            boolean first = !closed;
            closed = true;
            return first && holders == 0;
        }
    }

    /** Gives the descriptor back; the errno, or 0. */
    public abstract int closeDescriptor();
}
