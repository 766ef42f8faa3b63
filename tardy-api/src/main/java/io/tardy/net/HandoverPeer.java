package io.tardy.net;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import io.tardy.os.PassingSocket;
import io.tardy.os.PassingSocket.Message;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The process at the other end of a hand-over. The old one sends the listeners; the new one says
 * that it serves, hears that it may have the path, and says that it has taken it. Until then the
 * old one serves on, whatever becomes of the new one. For the last word it waits without a bound:
 * the new one has the path by then, or has ended.
 */
final class HandoverPeer {

    /** What both must speak; names follow, one a line. */
    private static final String LISTENERS = "tardy 1";

    static final String SERVES = "serves";
    static final String YOURS = "yours";
    static final String TAKEN = "taken";

    private final PassingSocket socket;
    private final Path path;
    private final long withinNanos;

    HandoverPeer(PassingSocket socket, Path path, long withinNanos) {
        this.socket = socket;
        this.path = path;
        this.withinNanos = withinNanos;
    }

    /** Whoever listens at the path; null if nobody does. */
    static HandoverPeer at(Path path, long withinNanos) throws TardyIOException {
        PassingSocket found = PassingSocket.connect(path, withinNanos);
        return found == null ? null : new HandoverPeer(found, path, withinNanos);
    }

    static TardyIOException refused(Path path, String why) {
        return new TardyIOException(
                "handover", SocketError.class, Errno.EPROTO.number(), "at " + path + ": " + why);
    }

    void requireSameUser() throws TardyIOException {
        int user = socket.peerUser();
        if (user != PassingSocket.user()) {
            throw new TardyIOException(
                    "handover",
                    SocketError.class,
                    Errno.EACCES.number(),
                    "the process at "
                            + path
                            + " belongs to the user "
                            + user
                            + ", and this one to "
                            + PassingSocket.user());
        }
    }

    long process() throws TardyIOException {
        return socket.peerProcess();
    }

    private Message receive(long withinNanos) throws TardyIOException {
        try {
            return socket.receive(withinNanos);
        } catch (TardyIOException e) {
            if (e.errno() != Errno.ETIMEDOUT.number()) {
                throw e;
            }
            throw new TardyIOException(
                    "handover",
                    SocketError.class,
                    Errno.ETIMEDOUT.number(),
                    "the other process at "
                            + path
                            + " has said nothing for "
                            + Duration.ofNanos(withinNanos));
        }
    }

    /** Waits for its next word; empty if it has ended the conversation. */
    String hear() throws TardyIOException {
        return hear(withinNanos);
    }

    private String hear(long withinNanos) throws TardyIOException {
        Message message = receive(withinNanos);
        message.descriptors().forEach(ListeningDescriptor::closeDuplicate);
        return message.text();
    }

    /** Waits for this word. */
    void expect(String word) throws TardyIOException {
        require(word, hear());
    }

    /** {@link #expect} for as long as it takes, until the other has ended. */
    void expectAtLast(String word) throws TardyIOException {
        require(word, hear(Long.MAX_VALUE));
    }

    private void require(String word, String heard) throws TardyIOException {
        if (!heard.equals(word)) {
            throw refused(
                    path,
                    heard.isEmpty()
                            ? "it has ended, or given up, before it served"
                            : "it speaks another language: " + heard);
        }
    }

    void say(String word) throws TardyIOException {
        socket.send(word, List.of());
    }

    /** Says it, if there still is somebody who can hear it. */
    boolean trySay(String word) throws TardyIOException {
        try {
            say(word);
            return true;
        } catch (TardyIOException e) {
            if (e.errno() == Errno.EPIPE.number() || e.errno() == Errno.ECONNRESET.number()) {
                return false;
            }
            throw e;
        }
    }

    /** Sends the listeners, which stay open here. */
    void pass(List<Listener> listeners) throws TardyIOException {
        List<Integer> duplicates = new ArrayList<>();
        StringBuilder text = new StringBuilder(LISTENERS);
        try {
            for (Listener listener : listeners) {
                duplicates.add(listener.duplicate());
                text.append('\n').append(listener.name());
            }
            socket.send(text.toString(), duplicates);
        } finally {
            duplicates.forEach(ListeningDescriptor::closeDuplicate);
        }
    }

    /** Waits for what {@link #pass} sends; none if it has ended the conversation. */
    List<Listener> take() throws TardyIOException {
        Message message = receive(withinNanos);
        List<Integer> left = new ArrayList<>(message.descriptors());
        if (message.text().isEmpty() && left.isEmpty()) {
            return List.of();
        }
        List<Listener> listeners = new ArrayList<>();
        boolean isWhole = false;
        try {
            List<String> lines = List.of(message.text().split("\n", -1));
            if (!lines.getFirst().equals(LISTENERS)) {
                throw refused(path, "the process there speaks another language: " + lines);
            } else if (lines.size() != 1 + left.size() || left.isEmpty()) {
                throw refused(
                        path,
                        lines.size() - 1 + " names came with " + left.size() + " descriptors");
            }
            for (String name : lines.subList(1, lines.size())) {
                listeners.add(new Listener(name, ListeningDescriptor.adopt(left.getFirst())));
                left.removeFirst();
            }
            isWhole = true;
            return List.copyOf(listeners);
        } finally {
            if (!isWhole) {
                left.forEach(ListeningDescriptor::closeDuplicate);
                closeAll(listeners);
            }
        }
    }

    static void closeAll(List<Listener> listeners) throws TardyIOException {
        for (Listener listener : listeners) {
            listener.close();
        }
    }

    /** Ends what another thread waits for here. */
    void end() {
        socket.end();
    }

    void close() {
        socket.close();
    }
}
