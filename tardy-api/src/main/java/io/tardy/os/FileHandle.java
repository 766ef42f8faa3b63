package io.tardy.os;

import io.tardy.aio.OpenFile;
import java.util.ArrayList;
import java.util.List;

/**
 * An open file or directory of the system. An operation that uses it holds it. If it is closed
 * meanwhile, the last holder closes the descriptor, so that no operation ever works on a number
 * that already means another file.
 */
public abstract class FileHandle implements OpenFile {

    /** What knows where an operation at the current position begins. */
    public enum CurrentPosition {
        /** Nobody: a pipe, a terminal or the like has none, and what is appended needs none. */
        NONE,
        /** We do: {@link #position}. */
        OURS,
        /** The system, for others may share it: only read(2) and write(2) know it. */
        SYSTEMS
    }

    /** A use of a file. */
    public interface User {

        /** The file was closed while it is in use. Called once, on the thread that closes it. */
        void fileClosed();
    }

    private final FilePosition position = new FilePosition();

    /** Guards the fields below. */
    private final Object lock = new Object();

    private final List<User> holders = new ArrayList<>(1);

    private volatile boolean closed;

    /** Represents a file that is open. */
    protected FileHandle() {}

    @Override
    public final boolean isClosed() {
        return closed;
    }

    /** What knows the current position; while the file is held, on a loop or a thread of a pool. */
    public abstract CurrentPosition currentPosition();

    /** Whether one may read or write elsewhere than at the current position; likewise. */
    public abstract boolean hasOffsets();

    /** Whether it takes a thread to read it, whatever the transport; likewise. */
    public boolean needsThreadToRead() {
        return false;
    }

    /** Whether it takes a thread to write to it, whatever the transport; likewise. */
    public boolean needsThreadToWrite() {
        return false;
    }

    /** The calls of the system that has it. */
    public FileCalls calls() {
        return FileCalls.system();
    }

    /** Sends from it while it and the socket are held, as {@link SocketHandle#doSendFile} does. */
    protected int sendTo(SocketHandle socket, long offset, int count) {
        return socket.doSendFile(this, offset, count);
    }

    /**
     * Gives back what was read at the current position last and then not used; what has no position
     * keeps it no longer. May be called in a frame.
     */
    public final void unread(long bytes) {
        User user = () -> {}; // this ends by itself
        if (!hold(user)) {
            return;
        }
        try {
            switch (currentPosition()) {
                case OURS -> position.move(-bytes);
                case SYSTEMS -> moveSystems(-bytes);
                case NONE -> {}
            }
        } finally {
            release(user);
        }
    }

    /** Moves the current position, where it is the system's. */
    protected abstract void moveSystems(long bytes);

    /** The current position, where it is ours. */
    public final FilePosition position() {
        return position;
    }

    /**
     * Begins to use it; to be followed by one {@link #release}.
     *
     * @param user told if the file is closed meanwhile
     * @return false if it is closed
     */
    public final boolean hold(User user) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            holders.add(user);
            return true;
        }
    }

    /** Ends a use that {@link #hold} has begun. */
    public final void release(User user) {
        boolean last;
        synchronized (lock) {
            holders.remove(user);
            last = closed && holders.isEmpty();
        }
        if (last) {
            closeDescriptor();
        }
    }

    /**
     * Closes it for everybody: no use can begin from now on.
     *
     * @return whether the caller must close the descriptor; if not, it was closed before, or the
     *     last that uses it will
     */
    public final boolean close() {
        List<User> users;
        synchronized (lock) {
            if (closed) {
                return false;
            }
            closed = true;
            users = List.copyOf(holders);
        }
        users.forEach(User::fileClosed);
        if (!users.isEmpty()) {
            endWaits();
        }
        return users.isEmpty();
    }

    /**
     * Closes it for everybody, and the descriptor too, which the last use does if there is any.
     *
     * @return the error number, or 0
     */
    public final int closeNow() {
        return close() ? closeDescriptor() : 0;
    }

    /** It was closed while operations use it, whose waits may know no other way to end. */
    void endWaits() {}

    /** Closes the descriptor; returns the error number, or 0. */
    public abstract int closeDescriptor();
}
