package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.os.PassingSocket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A restart without a gap: the new process takes the open listeners of the old one, which goes on
 * until the new one serves. They meet at a path, a socket of the Unix domain.
 *
 * <pre>{@code
 * Handover handover = Handover.at(Path.of("/run/chat/handover"), Duration.ofSeconds(30));
 * List<Listener> listeners = handover.takeOver(); // empty if nobody is there
 * if (listeners.isEmpty()) {
 *     listeners = List.of(Listener.bind("http", address, 4096));
 * }
 * Socket socket = listeners.getFirst().socket(tardy); // ... start to serve it
 * handover.serve(listeners); // from now on the old process drains
 * handover.successor().thenAccept(pid -> end(socket)); // close it, and drain: the next one serves
 * }</pre>
 *
 * <p>Both processes have the same queue of connections, and none that is in it is refused or reset.
 * Between the moment at which the new one begins to accept and the one at which the old one stops,
 * both accept. What the old one has accepted stays with it.
 *
 * <p>If the new process fails before it has called {@link #serve}, ends, or takes longer than the
 * time of the old one, the old one serves on, and the next may come. Only processes of the same
 * effective user (as the system tells it, {@code SO_PEERCRED} in unix(7)) hand over to each other,
 * and the socket's mode is 0600. On Linux only.
 */
public final class Handover implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** How often a successor asks again that has come while another one took over. */
    private static final int ATTEMPTS = 5;

    // The kind of a file, in its mode: inode(7).
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    /** For names that no other of this process has. */
    private static final AtomicInteger COUNT = new AtomicInteger();

    private enum State {
        NEW,
        /** Has the listeners of a predecessor, or knows that there is none. */
        TAKEN,
        SERVES,
        /** A successor serves. */
        RELIEVED,
        CLOSED
    }

    private final Path path;

    /** In the same directory: where the door is opened before it is moved to the path. */
    private final Path aside;

    private final long withinNanos;
    private final CompletableFuture<Long> successor = new CompletableFuture<>();

    // With the lock.
    private State state = State.NEW;

    /** Whose listeners these are, until it has heard that we serve; else null. */
    private HandoverPeer predecessor;

    /** Where a successor comes to, and whoever is there now; or null. */
    private PassingSocket door;

    private HandoverPeer guest;

    /** Tells the file that the door has from others at the path. */
    private Object doorFile;

    /** The same, while a successor may replace it. */
    private Object ceded;

    private Handover(Path path, long withinNanos) {
        this.path = path;
        this.aside =
                path.resolveSibling(
                        ".t" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
        this.withinNanos = withinNanos;
    }

    /**
     * For the processes that meet at this path; nothing happens yet.
     *
     * @param path of at most 107 bytes, in a directory that belongs to the service's user, and in
     *     which a name of 20 bytes has at most 107 bytes too
     * @param within how long this process waits for another: for the listeners, for the word that
     *     it may go on alone, and for a successor to begin to serve
     */
    public static Handover at(Path path, Duration within) {
        return new Handover(
                Objects.requireNonNull(path), TimeUnit.NANOSECONDS.convert(within)); // saturates
    }

    /**
     * Takes the listeners of the process that serves at the path, which serves on. Blocks the
     * thread until that one has answered, and so is not for frames: call it before the runtimes
     * start, or in {@code rt.offload}.
     *
     * @return in the other's order, with their names; the caller closes them. Empty if no process
     *     is there
     * @throws TardyIOException if one is there, and belongs to another user, does not answer in
     *     time, or ends the conversation, as it does when it is about to end
     * @throws IllegalStateException in a frame, or if this was called before
     */
    public List<Listener> takeOver() throws IOException {
        requireThread("takeOver");
        synchronized (this) {
            advance(State.NEW, State.TAKEN, "takeOver");
        }
        PassingSocket.requireFits(aside); // now, and not when everybody relies on it
        for (int attempt = 1; ; attempt++) {
            HandoverPeer found = HandoverPeer.at(path, withinNanos);
            if (found == null) {
                return List.of();
            }
            List<Listener> listeners = listenersFrom(found);
            if (!listeners.isEmpty()) {
                return listeners;
            } else if (attempt == ATTEMPTS) {
                throw HandoverPeer.refused(
                        path, "the process there has ended the conversation; it serves on or ends");
            }
        }
    }

    /** None if it has ended the conversation: it has ended, or has a successor already. */
    private List<Listener> listenersFrom(HandoverPeer found) throws TardyIOException {
        boolean isKept = false;
        try {
            found.requireSameUser();
            List<Listener> listeners = found.take();
            synchronized (this) {
                if (state == State.CLOSED) {
                    HandoverPeer.closeAll(listeners);
                    throw closed("takeOver");
                }
                isKept = !listeners.isEmpty();
                predecessor = isKept ? found : null;
            }
            return listeners;
        } finally {
            if (!isKept) {
                found.close();
            }
        }
    }

    private void requireThread(String call) {
        Listener.requireReal("Handover");
        if (TardyRuntime.isInFrame()) {
            throw new IllegalStateException(
                    call + " blocks its thread, and this is a frame: use rt.offload");
        }
    }

    /** With the lock. */
    private void advance(State from, State to, String call) {
        if (state == State.CLOSED || state == State.RELIEVED) {
            throw closed(call);
        } else if (state != from) {
            throw new IllegalStateException(
                    call
                            + " is called once, takeOver before serve; this is a second time, or"
                            + " late");
        }
        state = to;
    }

    private static IllegalStateException closed(String call) {
        return new IllegalStateException(call + ": this hand-over is closed");
    }

    /**
     * This process serves these listeners. If they are a predecessor's, tells it so, and waits for
     * its word that it stops. Then takes the path, and from now on hands the listeners over to a
     * successor that comes there: on a thread of its own, which nothing of the server's delays.
     * Blocks the thread meanwhile, as {@link #takeOver} does.
     *
     * @param listeners at least one; they must be open until a successor has come
     * @throws TardyIOException if the predecessor serves on, because it has given this process up:
     *     this one should close its listeners and end; else if the path cannot be used
     * @throws IllegalStateException in a frame, if it was called before, or without {@link
     *     #takeOver} first
     */
    public void serve(List<Listener> listeners) throws IOException {
        requireThread("serve");
        List<Listener> served = List.copyOf(listeners);
        if (served.isEmpty() || served.size() > PassingSocket.DESCRIPTORS_MAX) {
            throw new IllegalArgumentException(
                    "1 to " + PassingSocket.DESCRIPTORS_MAX + " listeners, not " + served.size());
        }
        HandoverPeer old;
        synchronized (this) {
            advance(State.TAKEN, State.SERVES, "serve");
            old = predecessor;
        }
        PassingSocket opened = null;
        boolean isOpen = false;
        try {
            opened = openDoor();
            if (old != null) {
                relieve(old);
            }
            putDoor(opened);
            if (old != null) {
                old.trySay(HandoverPeer.TAKEN); // it may have died
            }
            isOpen = true;
        } finally {
            if (!isOpen) {
                takeDoorAway(opened);
            }
            closePredecessor();
        }
        PassingSocket toAccept = opened;
        Thread.ofPlatform()
                .name("tardy-handover")
                .daemon()
                .start(() -> awaitSuccessor(toAccept, served));
    }

    /** Not at the path yet. */
    private PassingSocket openDoor() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path)) {
            throw HandoverPeer.refused(
                    path, "there is a file or a directory, which is not replaced");
        }
        Files.deleteIfExists(aside); // of a process of the same number that was killed
        return PassingSocket.listen(aside);
    }

    private static boolean isSocket(Path path) throws IOException {
        int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return (mode & S_IFMT) == S_IFSOCK;
    }

    private synchronized void putDoor(PassingSocket opened) throws IOException {
        if (state == State.CLOSED) {
            throw closed("serve");
        }
        Object file = fileKey(aside);
        Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        doorFile = file;
        door = opened;
    }

    private synchronized void takeDoorAway(@Nullable PassingSocket opened) throws IOException {
        door = null;
        if (opened != null) {
            opened.close();
        }
        Files.deleteIfExists(aside);
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    /** Tells the predecessor that we serve. One that has died meanwhile need not answer. */
    private void relieve(HandoverPeer old) throws TardyIOException {
        boolean agrees = old.trySay(HandoverPeer.SERVES) && old.hear().equals(HandoverPeer.YOURS);
        if (!agrees && isSomebodyThere()) {
            throw HandoverPeer.refused(
                    path, "the process there has given this one up and serves on");
        }
    }

    private boolean isSomebodyThere() throws TardyIOException {
        PassingSocket found = PassingSocket.connect(path, withinNanos);
        if (found != null) {
            found.close();
        }
        return found != null;
    }

    private synchronized void closePredecessor() {
        if (predecessor != null) {
            predecessor.close();
            predecessor = null;
        }
    }

    /**
     * Completes with the number of the successor's process when that serves; 0 if it has none in
     * the PID namespace of this one. Then tell systemd, if there is one ({@link
     * ServiceManager#mainProcess}), stop to accept, without a drain first (it would accept more),
     * and let what is open end: close the sockets and channels of the listeners, then drain. A
     * frame waits with {@code rt.await}; stages that depend on it run on the thread of the
     * hand-over. It fails with {@link java.util.concurrent.CancellationException} if this is closed
     * before a successor has come.
     */
    public CompletionStage<Long> successor() {
        return successor.minimalCompletionStage();
    }

    /** On the thread of its own. */
    private void awaitSuccessor(PassingSocket first, List<Listener> listeners) {
        Long next = null;
        PassingSocket opened = first;
        try {
            for (PassingSocket came; next == null && (came = opened.accept()) != null; ) {
                next = handOver(new HandoverPeer(came, path, withinNanos), listeners);
                if (next == null) {
                    opened = doorStillThere(opened);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "no successor can come to " + path + " any more", e);
        } finally {
            opened.close();
            if (next != null) {
                successor.complete(next);
            }
        }
    }

    /**
     * Whoever has heard that it may have the path, and has failed, may have put its own door there
     * before: then a new one of ours replaces it.
     */
    private PassingSocket doorStillThere(PassingSocket opened) throws IOException {
        synchronized (this) {
            if (ceded == null || state == State.CLOSED) {
                return opened;
            }
            doorFile = ceded;
            ceded = null;
            if (isDoorAtPath()) {
                return opened;
            }
            doorFile = null;
        }
        PassingSocket next = openDoor();
        boolean isOpen = false;
        try {
            putDoor(next);
            isOpen = true;
        } finally {
            if (!isOpen) {
                takeDoorAway(next);
            }
        }
        opened.close();
        return next;
    }

    /** The number of its process if it serves now, else null. */
    private @Nullable Long handOver(HandoverPeer to, List<Listener> listeners) {
        synchronized (this) {
            if (state == State.CLOSED) {
                to.close();
                return null;
            }
            guest = to;
        }
        try {
            to.requireSameUser();
            long process = to.process();
            to.pass(listeners);
            to.expect(HandoverPeer.SERVES);
            synchronized (this) {
                ceded = doorFile; // what is at the path from now on may be the successor's
                doorFile = null;
            }
            to.say(HandoverPeer.YOURS);
            // It is about to end us, or ends itself: were we to give it up now, both would serve.
            to.expectAtLast(HandoverPeer.TAKEN);
            synchronized (this) {
                state = State.RELIEVED;
            }
            return process;
        } catch (TardyIOException e) {
            LOGGER.log(
                    Level.WARNING,
                    "a successor has come and failed, and this process serves on: {0}",
                    e.getMessage());
            return null;
        } finally {
            synchronized (this) {
                guest = null;
                to.close();
            }
        }
    }

    /**
     * No successor is waited for any more; one that has come and does not serve yet fails. Deletes
     * the socket at the path, unless it is a successor's. The listeners stay open. Closing again
     * does nothing; any thread.
     */
    @Override
    public void close() throws IOException {
        boolean isRelieved;
        synchronized (this) {
            if (predecessor != null && state == State.SERVES) {
                predecessor.end(); // the thread that waits for its word closes it
            } else {
                closePredecessor();
            }
            isRelieved = state == State.RELIEVED;
            state = isRelieved ? state : State.CLOSED;
            if (guest != null) {
                guest.end();
            }
            if (door != null) {
                door.end();
                door = null;
            }
            if (doorFile != null && isDoorAtPath()) {
                Files.deleteIfExists(path);
            }
            doorFile = null;
        }
        if (!isRelieved) {
            successor.cancel(false);
        }
    }

    private boolean isDoorAtPath() throws IOException {
        try {
            return Objects.equals(doorFile, fileKey(path));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "handover at " + path;
    }
}
