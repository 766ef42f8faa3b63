package io.tardy.os;

import static io.tardy.os.ListeningDescriptor.failure;
import static io.tardy.os.ListeningDescriptor.require;

import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A socket of the Unix domain through which two processes pass messages, and descriptors with them:
 * {@code SCM_RIGHTS} in unix(7), over {@code SOCK_SEQPACKET}, so that a message is received whole.
 * Its calls block, for a bounded time where one is given: not for frames. On Linux only.
 */
public final class PassingSocket {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** As many as the kernel passes at once. */
    public static final int DESCRIPTORS_MAX = 253;

    /** Room for so many names of 255 bytes. */
    private static final int TEXT_BYTES_MAX = 128 * 1024;

    /** How long to wait for descriptors, or memory. */
    private static final int SHORTAGE_MILLIS = 100;

    private static final int BACKLOG = 16;

    private static final int SCM_RIGHTS = 1;

    // struct msghdr and struct cmsghdr, where a pointer has 64 bits.
    private static final int MSGHDR_BYTES = 56;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;

    /**
     * What has come.
     *
     * @param text empty at the end of the conversation
     * @param descriptors the receiver's to close
     */
    public record Message(String text, List<Integer> descriptors) {}

    private final int number;

    /** With the lock. */
    private boolean isClosed;

    private PassingSocket(int number) {
        this.number = number;
    }

    private static PassingSocket open() throws TardyIOException {
        int number =
                LinuxListenerCalls.socket(
                        LinuxListenerCalls.AF_UNIX,
                        LinuxListenerCalls.SOCK_SEQPACKET | LinuxListenerCalls.SOCK_CLOEXEC);
        require("socket", number, null);
        return new PassingSocket(number);
    }

    /** Listens at a path where nothing is, which only this user may connect to. */
    public static PassingSocket listen(Path path) throws IOException {
        PassingSocket socket = open();
        boolean listens = false;
        try {
            requireFits(path);
            require("bind", UnixNames.bind(socket.number, path), "at " + path);
            // Before it listens: until then every connect is refused.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            require("listen", LinuxListenerCalls.listen(socket.number, BACKLOG), "at " + path);
            listens = true;
            return socket;
        } finally {
            if (!listens) {
                socket.close();
            }
        }
    }

    /**
     * @throws TardyIOException if no socket can be at this path
     */
    public static void requireFits(Path path) throws TardyIOException {
        if (PathBytes.of(path).length > SocketAddressRules.UNIX_PATH_BYTES_MAX) {
            throw failure(
                    "bind",
                    -Errno.ENAMETOOLONG.number(),
                    path + " has more than " + SocketAddressRules.UNIX_PATH_BYTES_MAX + " bytes");
        }
    }

    /**
     * Connects to whoever listens at a path; null if nobody does. Waits while the queue there is
     * full.
     *
     * @throws TardyIOException with {@code ETIMEDOUT} if it is for this time
     */
    public static PassingSocket connect(Path path, long withinNanos) throws TardyIOException {
        requireFits(path);
        PassingSocket socket = open();
        boolean isConnected = false;
        try {
            socket.sendWithin(withinNanos);
            int outcome = UnixNames.connect(socket.number, path);
            if (outcome == -Errno.ENOENT.number() || outcome == -Errno.ECONNREFUSED.number()) {
                return null;
            } else if (outcome == -Errno.EAGAIN.number()) {
                outcome = -Errno.ETIMEDOUT.number();
            }
            require("connect", outcome, "to " + path);
            isConnected = true;
            return socket;
        } finally {
            if (!isConnected) {
                socket.close();
            }
        }
    }

    /** A connect in the Unix domain heeds this too: socket(7). */
    private void sendWithin(long nanos) throws TardyIOException {
        try (Arena arena = Arena.ofConfined()) {
            long micros = Math.max(1, TimeUnit.NANOSECONDS.toMicros(nanos)); // 0 is no bound
            MemorySegment timeval = arena.allocate(16, 8);
            timeval.set(ValueLayout.JAVA_LONG, 0, micros / 1_000_000);
            timeval.set(ValueLayout.JAVA_LONG, 8, micros % 1_000_000);
            require(
                    "setsockopt",
                    LinuxSocketCalls.setsockopt(
                            number,
                            LinuxListenerCalls.SOL_SOCKET,
                            LinuxListenerCalls.SO_SNDTIMEO,
                            timeval),
                    null);
        }
    }

    /** Waits for somebody to connect; null once {@link #end} or {@link #close} was called. */
    public PassingSocket accept() throws TardyIOException {
        boolean isShort = false;
        while (true) {
            int ready = LinuxListenerCalls.await(number, LinuxListenerCalls.POLLIN, -1);
            require("poll", ready, null);
            int accepted = LinuxListenerCalls.accept(number);
            if (accepted >= 0) {
                return new PassingSocket(accepted);
            } else if (accepted == -Errno.EINVAL.number()) {
                return null; // shut down
            } else if (!isTransient(accepted)) {
                throw failure("accept", accepted, null);
            } else if (accepted != -Errno.ECONNABORTED.number()) {
                if (!isShort) {
                    isShort = true;
                    LOGGER.log(
                            Level.WARNING,
                            "{0}; trying again until it gets better",
                            failure("accept", accepted, null).getMessage());
                }
                // Whoever has connected waits meanwhile. The end is reported without being asked.
                if (LinuxListenerCalls.await(number, (short) 0, SHORTAGE_MILLIS) > 0) {
                    return null;
                }
            }
        }
    }

    /** As serve does, it tries again when descriptors or memory have run out. */
    private static boolean isTransient(int outcome) {
        return outcome == -Errno.ECONNABORTED.number()
                || outcome == -Errno.EMFILE.number()
                || outcome == -Errno.ENFILE.number()
                || outcome == -Errno.ENOBUFS.number()
                || outcome == -Errno.ENOMEM.number();
    }

    /** The user at the other end: whoever has connected, or whoever listens. */
    public int peerUser() throws TardyIOException {
        int user = LinuxListenerCalls.peerUser(number);
        require("getsockopt", user, "SO_PEERCRED");
        return user;
    }

    /** The process at the other end; 0 if it has no number here, as in another namespace. */
    public int peerProcess() throws TardyIOException {
        int process = LinuxListenerCalls.peerProcess(number);
        require("getsockopt", process, "SO_PEERCRED");
        return process;
    }

    /** The effective user of this process. */
    public static int user() {
        return LinuxListenerCalls.user();
    }

    /** Sends a text, and descriptors with it, which stay open here; does not wait. */
    public void send(String text, List<Integer> descriptors) throws TardyIOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            MemorySegment control = MemorySegment.NULL;
            if (!descriptors.isEmpty()) {
                control = controlFor(descriptors.size(), arena);
                control.set(
                        ValueLayout.JAVA_LONG,
                        0,
                        CMSG_DATA + (long) Integer.BYTES * descriptors.size());
                control.set(ValueLayout.JAVA_INT, CMSG_LEVEL, LinuxListenerCalls.SOL_SOCKET);
                control.set(ValueLayout.JAVA_INT, CMSG_TYPE, SCM_RIGHTS);
                for (int i = 0; i < descriptors.size(); i++) {
                    control.set(
                            ValueLayout.JAVA_INT,
                            CMSG_DATA + (long) Integer.BYTES * i,
                            descriptors.get(i));
                }
            }
            int sent =
                    LinuxListenerCalls.sendmsg(
                            number,
                            messageOf(body, control, arena),
                            LinuxListenerCalls.MSG_NOSIGNAL | LinuxListenerCalls.MSG_DONTWAIT);
            require("sendmsg", sent, null);
        }
    }

    /** With its length rounded up: CMSG_SPACE in cmsg(3). */
    private static MemorySegment controlFor(int descriptors, Arena arena) {
        return arena.allocate(CMSG_DATA + (Integer.BYTES * (long) descriptors + 7) / 8 * 8, 8);
    }

    private static MemorySegment messageOf(MemorySegment body, MemorySegment control, Arena arena) {
        MemorySegment iovec = arena.allocate(16, 8);
        iovec.set(ValueLayout.ADDRESS, 0, body);
        iovec.set(ValueLayout.JAVA_LONG, 8, body.byteSize());
        MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        message.set(ValueLayout.ADDRESS, MSG_IOV, iovec);
        message.set(ValueLayout.JAVA_LONG, MSG_IOVLEN, 1);
        message.set(ValueLayout.ADDRESS, MSG_CONTROL, control);
        message.set(ValueLayout.JAVA_LONG, MSG_CONTROLLEN, control.byteSize());
        return message;
    }

    /**
     * Waits for the next message.
     *
     * @throws TardyIOException with {@code ETIMEDOUT} if none comes in this time
     */
    public Message receive(long withinNanos) throws TardyIOException {
        awaitInput(withinNanos);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment body = arena.allocate(TEXT_BYTES_MAX);
            MemorySegment control = controlFor(DESCRIPTORS_MAX, arena);
            MemorySegment message = messageOf(body, control, arena);
            int count =
                    LinuxListenerCalls.recvmsg(
                            number,
                            message,
                            LinuxListenerCalls.MSG_CMSG_CLOEXEC | LinuxListenerCalls.MSG_DONTWAIT);
            if (count == -Errno.ECONNRESET.number()) {
                return new Message("", List.of()); // it has ended with something unread
            }
            require("recvmsg", count, null);
            List<Integer> descriptors = descriptorsIn(message, control);
            if ((message.get(ValueLayout.JAVA_INT, MSG_FLAGS) & LinuxListenerCalls.MSG_CTRUNC)
                    != 0) {
                descriptors.forEach(LinuxCalls::close);
                throw failure(
                        "recvmsg",
                        -Errno.EMFILE.number(),
                        "not all descriptors have come: raise ulimit -n");
            }
            byte[] text = body.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
            return new Message(new String(text, StandardCharsets.UTF_8), descriptors);
        }
    }

    private void awaitInput(long withinNanos) throws TardyIOException {
        long end = System.nanoTime() + withinNanos;
        int ready = 0;
        while (ready == 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw failure("recvmsg", -Errno.ETIMEDOUT.number(), null);
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(left) + 1;
            ready =
                    LinuxListenerCalls.await(
                            number,
                            LinuxListenerCalls.POLLIN,
                            (int) Math.min(millis, Integer.MAX_VALUE));
        }
        require("poll", ready, null);
    }

    private static List<Integer> descriptorsIn(MemorySegment message, MemorySegment control) {
        List<Integer> descriptors = new ArrayList<>();
        long length = message.get(ValueLayout.JAVA_LONG, MSG_CONTROLLEN);
        if (length < CMSG_DATA
                || control.get(ValueLayout.JAVA_INT, CMSG_LEVEL) != LinuxListenerCalls.SOL_SOCKET
                || control.get(ValueLayout.JAVA_INT, CMSG_TYPE) != SCM_RIGHTS) {
            return descriptors;
        }
        long end = Math.min(control.get(ValueLayout.JAVA_LONG, 0), length);
        for (long at = CMSG_DATA; at + Integer.BYTES <= end; at += Integer.BYTES) {
            descriptors.add(control.get(ValueLayout.JAVA_INT, at));
        }
        return descriptors;
    }

    /** Ends the waits of other threads on this, which see the end of the conversation. */
    public synchronized void end() {
        if (!isClosed) {
            LinuxListenerCalls.shutdown(number);
        }
    }

    /** Not while another thread waits on this: that one closes it. Idempotent. */
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            LinuxCalls.close(number);
        }
    }
}
