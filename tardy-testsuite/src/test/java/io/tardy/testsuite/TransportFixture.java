package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every contract needs of the transport it runs on. */
@ExtendWith(LeakCheck.class)
interface TransportFixture {

    /** The transport under test. */
    AsyncType transport();

    /** What the pages call it. */
    default String label() {
        return transport().label();
    }

    /** The transport's own object. */
    default Transport provider() {
        for (Transport provider : ServiceLoader.load(Transport.class)) {
            if (provider.type() == transport()) {
                return provider;
            }
        }
        throw new AssertionError("no provider of " + transport());
    }

    /** The operations that it promises to do natively. */
    default Set<AsyncOp> nativeOps() {
        return switch (transport()) {
            case IO_URING -> EnumSet.complementOf(EnumSet.range(AsyncOp.LINK, AsyncOp.LOCK));
            case EPOLL, KQUEUE ->
                    EnumSet.of(
                            AsyncOp.TIMER,
                            AsyncOp.ACCEPT,
                            AsyncOp.CONNECT,
                            AsyncOp.RECV,
                            AsyncOp.SEND,
                            AsyncOp.CLOSE);
            case POLL ->
                    EnumSet.of(
                            AsyncOp.ACCEPT,
                            AsyncOp.CONNECT,
                            AsyncOp.RECV,
                            AsyncOp.SEND,
                            AsyncOp.CLOSE);
            case AUTO, CUSTOM -> throw new AssertionError("no transport of its own");
        };
    }

    /** After how long something that never comes is given up, and the test fails. */
    default Duration patience() {
        return Duration.ofSeconds(20);
    }

    /** The body of a test, run in a frame of each runtime. */
    @FunctionalInterface
    interface Body {
        void run(TardyRuntime rt) throws Exception;
    }

    default Tardy.Builder tardy() {
        return tardy(1);
    }

    default Tardy.Builder tardy(int runtimes) {
        return Tardy.builder().async(transport()).threading(Threading.multi(runtimes));
    }

    /** Runs the body in a frame of one runtime, to the end of all frames. */
    default void inFrame(Body body) throws Exception {
        inFrame(tardy(), body);
    }

    /** Runs the body in a frame of each runtime, to the end of all frames. */
    default void inFrame(Tardy.Builder builder, Body body) throws Exception {
        Queue<Frame<Void>> frames = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = builder.build()) {
            tardy.entry(
                    frames,
                    (rt, queue) -> queue.add(rt.spawn("test body", () -> runBody(rt, body))));
        }
        for (Frame<Void> frame : frames) {
            frame.join();
        }
    }

    /**
     * Runs the body in a frame of one runtime; the messages of the failures that nobody heard of.
     */
    default Queue<String> uncaughtIn(Body body) throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        inFrame(tardy().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())), body);
        return uncaught;
    }

    /** A test that fails must not leave its other frames waiting for ever. */
    static void runBody(TardyRuntime rt, Body body) throws Exception {
        try {
            body.run(rt);
        } catch (Exception | Error e) {
            rt.stop();
            throw e;
        }
    }

    /**
     * Real time, whatever the runtime's clock says; of a simulation, its own. In a frame. To
     * compare with the runtime's clock would not find one that runs fast.
     */
    static long nanoTime() {
        TardyRuntime rt = TardyRuntime.current();
        return rt.backend().toString().equals("simulated")
                ? rt.eventLoop().ticker().nanoTime()
                : System.nanoTime();
    }

    /** What a future comes to, which must be soon; on the test's thread. */
    default <T> T resultOf(Future<T> future) throws Exception {
        return future.get(patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Makes a file with this content, on the disk that the transport's files are on. */
    default Path fileOf(Path path, byte[] content) throws Exception {
        return Files.write(path, content);
    }

    /** The content of a file, from the disk that the transport's files are on. */
    default byte[] contentOf(Path path) throws Exception {
        return Files.readAllBytes(path);
    }

    /** The content of a file as text in UTF-8. */
    default String textOf(Path path) throws Exception {
        return new String(contentOf(path), StandardCharsets.UTF_8);
    }

    /** What comes next, which must be soon; on the test's thread. */
    default <T> T takeSoon(BlockingQueue<T> queue) throws Exception {
        T next = queue.poll(patience().toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            throw new AssertionError("nothing has come");
        }
        return next;
    }

    /** Whoever joins the frame is told of such a failure. */
    static void assertFailedOf(Frame<?> frame, Class<? extends Throwable> cause) {
        assertThatExceptionOfType(FrameFailedException.class)
                .isThrownBy(frame::join)
                .withCauseInstanceOf(cause);
    }

    /** The body of a frame that fails, after a moment. */
    static void failSoon() throws IOException {
        Frame.delay(Duration.ofMillis(1));
        throw new IllegalStateException("on purpose");
    }

    /** A listening socket at a port of the system's choice. */
    static Socket listenAnywhere() throws IOException {
        return Socket.tcp("127.0.0.1", 0).bind().listen(1024);
    }

    static int port(Socket listener) throws IOException {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** A connection to a listener of ours; in a frame. */
    static Socket connectTo(Socket listener) throws IOException {
        Socket socket = Socket.tcp("127.0.0.1", port(listener));
        try {
            return socket.connect();
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }
}
