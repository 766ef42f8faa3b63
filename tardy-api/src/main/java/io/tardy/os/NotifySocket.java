package io.tardy.os;

import static io.tardy.os.ListeningDescriptor.failure;
import static io.tardy.os.ListeningDescriptor.require;

import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** One datagram to a service manager, as sd_notify(3) sends it. On Linux only. */
public final class NotifySocket {

    /** A manager whose queue is full for as long does not read. */
    private static final int ROOM_MILLIS = 1000;

    private static final int FLAGS =
            LinuxListenerCalls.MSG_NOSIGNAL | LinuxListenerCalls.MSG_DONTWAIT;

    private NotifySocket() {}

    /**
     * Sends the text; waits a second at most, if there is no room for it.
     *
     * @param address as of {@code NOTIFY_SOCKET}: a path, or an abstract name behind an {@code @}
     */
    public static void send(String address, String text) throws TardyIOException {
        String to = "to NOTIFY_SOCKET=" + address;
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = address.startsWith("@");
        if (!isAbstract && !address.startsWith("/")) {
            throw failure(
                    "connect",
                    -Errno.EAFNOSUPPORT.number(),
                    to + ": a path or an abstract name works");
        } else if (name.length < 2 || name.length > SocketAddressRules.UNIX_PATH_BYTES_MAX) {
            throw failure("connect", -Errno.EINVAL.number(), to);
        }
        if (isAbstract) {
            name[0] = 0;
        }
        int socket =
                LinuxListenerCalls.socket(
                        LinuxListenerCalls.AF_UNIX,
                        LinuxListenerCalls.SOCK_DGRAM | LinuxListenerCalls.SOCK_CLOEXEC);
        require("socket", socket, to);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(2L + name.length + (isAbstract ? 0 : 1), 2);
            memory.set(ValueLayout.JAVA_SHORT, 0, (short) LinuxListenerCalls.AF_UNIX);
            MemorySegment.copy(name, 0, memory, ValueLayout.JAVA_BYTE, 2, name.length);
            require("connect", LinuxSocketCalls.connect(socket, memory), to);
            MemorySegment body =
                    arena.allocateFrom(
                            ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
            int sent = LinuxListenerCalls.send(socket, body, FLAGS);
            if (sent == -Errno.EAGAIN.number()) {
                LinuxListenerCalls.await(socket, LinuxListenerCalls.POLLOUT, ROOM_MILLIS);
                sent = LinuxListenerCalls.send(socket, body, FLAGS);
            }
            require("send", sent, to);
        } finally {
            LinuxCalls.close(socket);
        }
    }
}
