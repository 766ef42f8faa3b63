package io.tardy.os;

import static io.tardy.os.CLibrary.INT;
import static io.tardy.os.CLibrary.LONG;
import static io.tardy.os.CLibrary.POINTER;
import static io.tardy.os.CLibrary.call;
import static io.tardy.os.CLibrary.link;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C library's calls on sockets that no transport has opened, as they are: a negative result is
 * a negated error number. See section 2 of the Linux manual.
 */
final class LinuxListenerCalls {

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_NONBLOCK = 04000;
    static final int SOCK_CLOEXEC = 02000000;

    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_PEERCRED = 17;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_DOMAIN = 39;
    static final int IPPROTO_TCP = 6;
    static final int TCP_NODELAY = 1;

    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int MSG_CTRUNC = 8;

    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    private static final int SHUT_RDWR = 2;
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int F_DUPFD_CLOEXEC = 1030;

    private static final MethodHandle SOCKET =
            link("socket", FunctionDescriptor.of(INT, INT, INT, INT));
    private static final MethodHandle LISTEN = link("listen", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle ACCEPT4 =
            link("accept4", FunctionDescriptor.of(INT, INT, POINTER, POINTER, INT));
    private static final MethodHandle SHUTDOWN =
            link("shutdown", FunctionDescriptor.of(INT, INT, INT));
    private static final MethodHandle FCNTL =
            link(
                    "fcntl",
                    FunctionDescriptor.of(INT, INT, INT, INT),
                    Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SEND =
            link("send", FunctionDescriptor.of(LONG, INT, POINTER, LONG, INT));
    private static final MethodHandle SENDMSG =
            link("sendmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));
    private static final MethodHandle RECVMSG =
            link("recvmsg", FunctionDescriptor.of(LONG, INT, POINTER, INT));
    private static final MethodHandle GETEUID = link("geteuid", FunctionDescriptor.of(INT));

    private LinuxListenerCalls() {}

    static int socket(int domain, int type) {
        return (int) call("socket", state -> (int) SOCKET.invokeExact(state, domain, type, 0));
    }

    static int listen(int descriptor, int backlog) {
        return (int) call("listen", state -> (int) LISTEN.invokeExact(state, descriptor, backlog));
    }

    /** Close-on-exec, and blocking. */
    static int accept(int descriptor) {
        return (int)
                call(
                        "accept4",
                        state ->
                                (int)
                                        ACCEPT4.invokeExact(
                                                state,
                                                descriptor,
                                                MemorySegment.NULL,
                                                MemorySegment.NULL,
                                                SOCK_CLOEXEC));
    }

    /** Both directions; of a listener of the Unix domain too, whose waits it ends. */
    static int shutdown(int descriptor) {
        return (int)
                call("shutdown", state -> (int) SHUTDOWN.invokeExact(state, descriptor, SHUT_RDWR));
    }

    /** Another number for the same, close-on-exec. */
    static int duplicate(int descriptor) {
        return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    }

    static int setCloseOnExec(int descriptor) {
        return fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }

    private static int fcntl(int descriptor, int command, int argument) {
        return (int)
                call(
                        "fcntl",
                        state -> (int) FCNTL.invokeExact(state, descriptor, command, argument));
    }

    static int send(int descriptor, MemorySegment from, int flags) {
        return (int)
                call(
                        "send",
                        state ->
                                (long)
                                        SEND.invokeExact(
                                                state, descriptor, from, from.byteSize(), flags));
    }

    /**
     * @param message a {@code struct msghdr}
     */
    static int sendmsg(int descriptor, MemorySegment message, int flags) {
        return (int)
                call(
                        "sendmsg",
                        state -> (long) SENDMSG.invokeExact(state, descriptor, message, flags));
    }

    /**
     * @param message a {@code struct msghdr}
     */
    static int recvmsg(int descriptor, MemorySegment message, int flags) {
        return (int)
                call(
                        "recvmsg",
                        state -> (long) RECVMSG.invokeExact(state, descriptor, message, flags));
    }

    /** The process that has connected, or that listens, or a negated error number. */
    static int peerProcess(int descriptor) {
        return peer(descriptor, 0);
    }

    /** The effective user of that process, or a negated error number. */
    static int peerUser(int descriptor) {
        return peer(descriptor, 4);
    }

    private static int peer(int descriptor, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ucred = arena.allocate(12, 4); // the process, the user, the group
            MemorySegment length = arena.allocateFrom(INT, 12);
            int outcome =
                    LinuxSocketCalls.getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, ucred, length);
            return outcome < 0 ? outcome : ucred.get(INT, offset);
        }
    }

    /** The effective user of this process. */
    static int user() {
        return (int) call("geteuid", state -> (int) GETEUID.invokeExact(state));
    }

    /**
     * Waits until poll(2) reports something: 1, or 0 if the time is over, or a negated error.
     *
     * @param timeoutMillis negative for no bound
     */
    static int await(int descriptor, short events, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pollfd = arena.allocate(8, 4);
            pollfd.set(INT, 0, descriptor);
            pollfd.set(ValueLayout.JAVA_SHORT, 4, events);
            return LinuxCalls.poll(pollfd, timeoutMillis);
        }
    }
}
