package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Sockets of every kind at every stage of their life, for the tables of what they promise. */
interface SocketFixture extends TransportFixture {

    /** How far a socket has come. */
    enum Stage {
        NEW,
        BOUND,
        LISTENING,
        CONNECTED,
        CLOSED
    }

    /** Within this a refusal must come; what waits longer would wait for ever. */
    Duration AT_ONCE = Duration.ofSeconds(2);

    /** Whether the transport has this kind; it must say so itself where it has not. */
    default boolean has(SocketKind kind) {
        return kind != SocketKind.UNIX_DATAGRAM || transport() != AsyncType.POLL;
    }

    /** Runs the body in a frame of one runtime, where the transport has sockets of this kind. */
    default void inFrameIfHas(SocketKind kind, Body body) throws Exception {
        if (has(kind)) {
            inFrame(body);
        }
    }

    /** Whether sockets of this kind ever come so far. */
    static boolean comesTo(SocketKind kind, Stage stage) {
        return !kind.isDatagram() || stage != Stage.LISTENING;
    }

    /** A socket at a stage, and what it needs to be there; to be closed with it. */
    final class Staged implements AutoCloseable {

        private final List<Socket> opened = new ArrayList<>();
        private final Path folder;
        private int paths;

        Staged(Path folder) {
            this.folder = folder;
        }

        Path folder() {
            return folder;
        }

        /** In a frame. */
        Socket open(SocketKind kind, Stage stage) throws IOException {
            return switch (stage) {
                case NEW -> unbound(kind);
                case BOUND -> unbound(kind).bind();
                case LISTENING -> unbound(kind).bind().listen(16);
                case CONNECTED -> to(kind, target(kind).localAddress()).connect();
                case CLOSED -> {
                    Socket socket = unbound(kind);
                    socket.close();
                    yield socket;
                }
            };
        }

        /** Something to connect or send to, of the same kind. */
        Socket target(SocketKind kind) throws IOException {
            return open(kind, kind.isDatagram() ? Stage.BOUND : Stage.LISTENING);
        }

        private Socket unbound(SocketKind kind) throws IOException {
            return to(
                    kind,
                    kind.isUnix()
                            ? UnixDomainSocketAddress.of(folder.resolve("s" + paths++))
                            : new InetSocketAddress("127.0.0.1", 0));
        }

        /** A new socket for an address. */
        Socket to(SocketKind kind, SocketAddress address) throws IOException {
            Socket socket =
                    switch (kind) {
                        case TCP -> Socket.tcp(host(address), port(address));
                        case UDP -> Socket.udp(host(address), port(address));
                        case UNIX -> Socket.unix(((UnixDomainSocketAddress) address).getPath());
                        case UNIX_DATAGRAM ->
                                Socket.unixDatagram(((UnixDomainSocketAddress) address).getPath());
                    };
            opened.add(socket);
            return socket;
        }

        private static String host(SocketAddress address) {
            return ((InetSocketAddress) address).getHostString();
        }

        private static int port(SocketAddress address) {
            return ((InetSocketAddress) address).getPort();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : opened) {
                socket.close();
            }
        }
    }

    /** What a test does with sockets at their stages. */
    @FunctionalInterface
    interface StagedBody {
        void run(Staged staged) throws Exception;
    }

    /** Runs in a frame, with sockets whose paths are in the folder; closes them. */
    default void withStaged(Path folder, StagedBody body) throws Exception {
        inFrame(
                rt -> {
                    try (Staged staged = new Staged(folder)) {
                        body.run(staged);
                    }
                });
    }

    /** What a test does to a socket. */
    @FunctionalInterface
    interface Attempt {
        void run() throws Exception;
    }

    /** "ok", the name of an error number, "misuse", the class of another exception, or "waits". */
    static String outcomeOf(Attempt attempt) throws Exception {
        try {
            Deadline.callWithin(
                    AT_ONCE,
                    () -> {
                        attempt.run();
                        return null;
                    });
            return "ok";
        } catch (DeadlineExceededException e) {
            return "waits";
        } catch (TardyIOException e) {
            return Errno.of(e.errno()).name();
        } catch (IllegalStateException e) {
            return "misuse";
        } catch (RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }
}
