package io.tardy.fs;

import io.tardy.Frame;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WatchError;
import io.tardy.os.FileHandle;
import io.tardy.os.WatchedEvents;
import java.nio.file.Path;

/**
 * A directory that is watched. {@link Dir#watch} makes it; it goes on if the {@link Dir} is closed.
 * For one frame at a time.
 *
 * <p>The system keeps events until they are taken, as many as {@code fs.inotify.max_queued_events}
 * lets it (16384 by default); then {@link DirEvent.Kind#OVERFLOW} tells that some are lost. On
 * io_uring a wait takes no thread; on the other transports it takes one of the 256 that may wait
 * for peers.
 */
public final class DirWatch implements AutoCloseable {

    private static final int GONE =
            WatchedEvents.DELETE_SELF | WatchedEvents.UNMOUNT | WatchedEvents.IGNORED;

    /** About the directory, of which the system does not say that it is one. */
    private static final int OF_ITSELF = GONE | WatchedEvents.MOVE_SELF;

    private final File events;
    private final WatchedEvents received = new WatchedEvents();
    private boolean isGone;
    private boolean isWaiting;

    private DirWatch(FileHandle handle, Dir dir) {
        this.events = new File(handle, "watch of " + dir, false);
    }

    /**
     * @param events what is read; null where the system has none
     */
    static DirWatch of(FileHandle events, Dir dir) throws TardyIOException {
        if (events == null) {
            throw new TardyIOException(
                    "watch",
                    WatchError.class,
                    Errno.EOPNOTSUPP.number(),
                    dir
                            + ": only Linux tells frames of events; elsewhere use a"
                            + " java.nio.file.WatchService with rt.offload, or list it now and"
                            + " then");
        }
        return new DirWatch(events, dir);
    }

    /**
     * Waits for the next event; a cancel and a {@link io.tardy.Deadline} end the wait, and lose
     * none. When {@link DirEvent.Kind#GONE} was told, each further call returns it again, and lets
     * other frames go on meanwhile: end the loop there.
     *
     * @throws TardyIOException with {@link io.tardy.aio.ReadError}: {@code INVALID_FD} if it was
     *     closed
     * @throws IllegalStateException if another frame waits here
     */
    public DirEvent next() throws TardyIOException {
        if (isWaiting) {
            throw new IllegalStateException(
                    events
                            + ": another frame waits for its next event; watch once for each frame,"
                            + " or hand the events on through a Channel");
        }
        while (!isGone) {
            if (!received.next()) {
                receive();
            } else {
                DirEvent event = event();
                isGone = event.kind() == DirEvent.Kind.GONE;
                return event;
            }
        }
        Frame.yield(); // who does not look asks for ever
        return new DirEvent(DirEvent.Kind.GONE, Path.of(""), true, 0);
    }

    private void receive() throws TardyIOException {
        isWaiting = true;
        try {
            events.read(received.room());
        } finally {
            received.received();
            isWaiting = false;
        }
    }

    private DirEvent event() {
        int mask = received.mask();
        boolean isDirectory = (mask & WatchedEvents.OF_DIRECTORY) != 0;
        return new DirEvent(
                kindOf(mask),
                received.name(),
                isDirectory || (mask & OF_ITSELF) != 0,
                Integer.toUnsignedLong(received.cookie()));
    }

    private static DirEvent.Kind kindOf(int mask) {
        if ((mask & WatchedEvents.OVERFLOW) != 0) {
            return DirEvent.Kind.OVERFLOW;
        } else if ((mask & GONE) != 0) {
            return DirEvent.Kind.GONE;
        } else if ((mask & WatchedEvents.MOVE_SELF) != 0) {
            return DirEvent.Kind.MOVED;
        } else if ((mask & WatchedEvents.CREATE) != 0) {
            return DirEvent.Kind.CREATED;
        } else if ((mask & WatchedEvents.DELETE) != 0) {
            return DirEvent.Kind.DELETED;
        } else if ((mask & WatchedEvents.MOVED_FROM) != 0) {
            return DirEvent.Kind.MOVED_OUT;
        } else if ((mask & WatchedEvents.MOVED_TO) != 0) {
            return DirEvent.Kind.MOVED_IN;
        } else if ((mask & WatchedEvents.CLOSE_WRITE) != 0) {
            return DirEvent.Kind.WRITTEN;
        }
        return (mask & WatchedEvents.MODIFY) != 0
                ? DirEvent.Kind.MODIFIED
                : DirEvent.Kind.ATTRIBUTES;
    }

    /** Ends the watch, also in a cancelled frame. Closing again does nothing. */
    @Override
    public void close() throws TardyIOException {
        events.close();
    }

    @Override
    public String toString() {
        return events.toString();
    }
}
