package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.fs.File;
import io.tardy.net.Names;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.process.ChildProcess;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** What would hold up a runtime fails where it is called; in a JVM of its own. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class BlockHoundTest {

    private static final Duration PATIENCE = Duration.ofSeconds(Groups.PATIENCE_SECONDS);

    /** What has ended threads: of the pools' and the carriers' nobody would hear otherwise. */
    private static final Queue<Throwable> UNCAUGHT = new ConcurrentLinkedQueue<>();

    private static final X509Bundle CERTIFICATE = selfSigned();

    /** What the rules had loaded before any runtime was there, or null. */
    private static Class<?> taskAfterInstall;

    @TempDir Path folder;

    @BeforeAll
    static void install() throws ReflectiveOperationException {
        BlockHound.install(); // before the first group, or its threads go unwatched
        taskAfterInstall = loadedTask();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> UNCAUGHT.add(failure));
    }

    /** The class, if somebody has loaded it. */
    private static Class<?> loadedTask() throws ReflectiveOperationException {
        Method find = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
        find.setAccessible(true);
        ClassLoader loader = TardyRuntime.class.getClassLoader();
        return (Class<?>) find.invoke(loader, "io.tardy.runtime.Task");
    }

    /**
     * Or a thread's first check would load it, in which there is a check, and so on: so the JDK's
     * pollers died, and its sockets waited for ever.
     */
    @Test
    void whatTheRulesNeedIsThereBeforeTheFirstCheck() {
        assertThat(taskAfterInstall).isNotNull();
    }

    @AfterAll
    static void noThreadHasDied() {
        assertThat(UNCAUGHT).isEmpty();
    }

    private static void onRuntime(AsyncType transport, Groups.Body body) throws Exception {
        Tardy tardy = Tardy.builder().async(transport).offloadThreadsMax(1).build();
        TardyEventLoopGroup group = TardyEventLoopGroup.builder().tardy(tardy).threads(1).build();
        try {
            body.run(group);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static <T> T resultOf(Future<T> future) throws Exception {
        return future.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void assertNoticed(TardyRuntime rt, String method, Callable<?> body) {
        assertThatThrownBy(() -> resultOf(rt.submit(body)))
                .hasRootCauseInstanceOf(BlockingOperationError.class)
                .hasRootCauseMessage("Blocking call! " + method);
    }

    /** A class whose initializer waits: the JVM cannot suspend a frame there. */
    private static final class WaitingAtFirst {
        static final String VALUE = slept();

        private static String slept() {
            try {
                return sleep();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** A class is initialized once: the first transport's test finds it. */
    private static boolean hasWaited;

    @OnEachTransport
    void aCallThatStopsTheRuntimeFailsItsFrame(AsyncType transport) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content");
        onRuntime(
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    assertNoticed(
                            rt,
                            "java.io.FileInputStream#readBytes",
                            () -> new FileInputStream(file.toFile()).readAllBytes());
                    assertNoticed(
                            rt,
                            "java.io.RandomAccessFile#read0",
                            () -> new RandomAccessFile(file.toFile(), "r").read());
                    assertNoticed(
                            rt,
                            "java.lang.ProcessImpl#forkAndExec",
                            () -> new ProcessBuilder("true").start());
                    if (!hasWaited) {
                        hasWaited = true;
                        assertNoticed(
                                rt, "jdk.internal.misc.Unsafe#park", () -> WaitingAtFirst.VALUE);
                    }
                    assertThat(resultOf(rt.submit(() -> "alive"))).isEqualTo("alive");
                });
    }

    @OnEachTransport
    void aHandlerThatSleepsOrBlocksFails(AsyncType transport) throws Exception {
        onRuntime(
                transport,
                group -> {
                    assertThatThrownBy(() -> resultOf(group.next().submit(() -> sleep())))
                            .hasRootCauseInstanceOf(BlockingOperationError.class)
                            .hasRootCauseMessage("Blocking call! java.lang.Thread.sleepNanos");
                    assertThatThrownBy(
                                    () ->
                                            resultOf(
                                                    group.next()
                                                            .submit(
                                                                    () ->
                                                                            new ProcessBuilder(
                                                                                            "true")
                                                                                    .start())))
                            .hasRootCauseInstanceOf(BlockingOperationError.class);
                    assertThat(resultOf(group.next().submit(() -> "alive"))).isEqualTo("alive");
                });
    }

    @OnEachTransport
    void aHandlerThatUsesTheJdksSocketsFails(AsyncType transport) throws Exception {
        onRuntime(
                transport,
                group ->
                        assertThatThrownBy(
                                        () ->
                                                resultOf(
                                                        group.next()
                                                                .submit(
                                                                        BlockHoundTest
                                                                                ::overTheJdksSockets)))
                                .hasRootCauseInstanceOf(BlockingOperationError.class));
    }

    private static String sleep() throws InterruptedException {
        Thread.sleep(1);
        return "slept";
    }

    @OnEachTransport
    void whatSuspendsAFrameIsNoBlockingCall(AsyncType transport) throws Exception {
        Path path = Files.writeString(folder.resolve("file"), "content");
        onRuntime(
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    assertThat(resultOf(rt.submit(BlockHoundTest::sleep))).isEqualTo("slept");
                    assertThat(resultOf(rt.submit(() -> waitFor(new Object())))).isTrue();
                    assertThat(resultOf(rt.submit(BlockHoundTest::overTheJdksSockets)))
                            .isEqualTo('x');
                    assertThat(
                                    resultOf(
                                            rt.submit(
                                                    () ->
                                                            new LinkedBlockingQueue<>()
                                                                    .poll(
                                                                            1,
                                                                            TimeUnit
                                                                                    .MILLISECONDS))))
                            .isNull();
                    assertThat(resultOf(rt.submit(() -> contendedLock(rt)))).isTrue();
                    assertThat(resultOf(rt.submit(() -> contentOf(path)))).isEqualTo("content");
                    assertThat(resultOf(rt.submit(() -> Names.resolve("localhost")))).isNotEmpty();
                    assertThat(
                                    resultOf(
                                            rt.submit(
                                                    () ->
                                                            ChildProcess.run(
                                                                            new ProcessBuilder(
                                                                                    "true"),
                                                                            100)
                                                                    .status())))
                            .isZero();
                });
    }

    private static boolean waitFor(Object monitor) throws InterruptedException {
        synchronized (monitor) {
            monitor.wait(1);
            return true;
        }
    }

    private static int overTheJdksSockets() throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 1, loopback);
                Socket client = new Socket(loopback, server.getLocalPort());
                Socket peer = server.accept()) {
            client.getOutputStream().write('x');
            return peer.getInputStream().read();
        }
    }

    private static boolean contendedLock(TardyRuntime rt) throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        Future<Boolean> other =
                rt.submit(
                        () -> {
                            lock.lock();
                            lock.unlock();
                            return true;
                        });
        Frame.delay(Duration.ofMillis(1));
        lock.unlock();
        return other.get();
    }

    private static String contentOf(Path path) throws IOException {
        try (File file = File.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(100);
            file.read(content);
            return StandardCharsets.UTF_8.decode(content.flip()).toString();
        }
    }

    /** The handshakes of both ends, with their random numbers and certificates. */
    @OnEachTransport
    void tlsInFramesIsNoBlockingCall(AsyncType transport) throws Exception {
        Tls server = Tls.of(context(true));
        Tls client = Tls.of(context(false));
        onRuntime(
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    assertThat(resultOf(rt.submit(() -> echoedOverTls(rt, client, server))))
                            .isEqualTo("hello");
                });
    }

    private static X509Bundle selfSigned() {
        try {
            return new CertificateBuilder()
                    .ecp256()
                    .subject("CN=localhost")
                    .addSanDnsName("localhost")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static SSLContext context(boolean isServer) throws Exception {
        char[] password = "changeit".toCharArray();
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(CERTIFICATE.toKeyStore(password), password);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry("trusted", CERTIFICATE.getCertificate());
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(isServer ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
        return context;
    }

    private static String echoedOverTls(TardyRuntime rt, Tls client, Tls server)
            throws IOException {
        try (io.tardy.net.Socket listener =
                io.tardy.net.Socket.tcp("127.0.0.1", 0).bind().listen(1)) {
            Frame<Void> echoing = rt.spawn(() -> echoOnce(listener, server));
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (io.tardy.net.Socket socket = io.tardy.net.Socket.tcp("127.0.0.1", port);
                    TlsSocket peer = socket.connect().tls(client, "localhost")) {
                peer.writeAll(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer echo = ByteBuffer.allocate(100);
                peer.read(echo);
                echoing.join();
                return StandardCharsets.US_ASCII.decode(echo.flip()).toString();
            }
        }
    }

    private static void echoOnce(io.tardy.net.Socket listener, Tls server) throws IOException {
        try (io.tardy.net.Socket socket = listener.accept();
                TlsSocket peer = server.server(socket)) {
            ByteBuffer data = ByteBuffer.allocate(100);
            peer.read(data);
            peer.writeAll(data.flip());
        }
    }

    /** Its thread waits for the next call then, and has it. */
    @OnEachTransport
    void offloadedCallsMayBlock(AsyncType transport) throws Exception {
        onRuntime(
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Thread first = resultOf(rt.submit(() -> rt.offload(this::blocked)));
                    Thread second = resultOf(rt.submit(() -> rt.offload(this::blocked)));
                    assertThat(second).isSameAs(first);
                    assertThat(UNCAUGHT).isEmpty();
                });
    }

    private Thread blocked() throws Exception {
        sleep();
        new ProcessBuilder("true").start().waitFor();
        return Thread.currentThread();
    }

    /** The loop is suspended at a lock, and nothing else is to be done. */
    @OnEachTransport
    void aCarrierMayPark(AsyncType transport) throws Exception {
        onRuntime(
                transport,
                group -> {
                    Object lock = new Object();
                    CountDownLatch begun = new CountDownLatch(1);
                    Future<String> locking;
                    synchronized (lock) {
                        locking =
                                group.next()
                                        .submit(
                                                () -> {
                                                    begun.countDown();
                                                    synchronized (lock) {
                                                        return "has it";
                                                    }
                                                });
                        assertThat(begun.await(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
                        while (!isACarrierParked()) {
                            Thread.onSpinWait();
                        }
                    }
                    assertThat(resultOf(locking)).isEqualTo("has it");
                });
    }

    private static boolean isACarrierParked() {
        return Thread.getAllStackTraces().values().stream()
                .anyMatch(
                        stack ->
                                Arrays.stream(stack)
                                        .anyMatch(
                                                frame ->
                                                        frame.getMethodName().equals("park")
                                                                && frame.getClassName()
                                                                        .endsWith("Stint")));
    }

    @OnEachTransport
    void aLibraryOnTheLoopsIsServed(AsyncType transport) throws Exception {
        onRuntime(
                transport,
                group -> {
                    DisposableServer server =
                            HttpServer.create()
                                    .runOn(group)
                                    .host("127.0.0.1")
                                    .port(0)
                                    .handle(
                                            (request, response) ->
                                                    response.sendString(
                                                            Mono.fromFuture(
                                                                    TardyRuntime.current()
                                                                            .submit(
                                                                                    BlockHoundTest
                                                                                            ::sleep))))
                                    .bindNow(PATIENCE);
                    try {
                        String answer =
                                HttpClient.newConnection()
                                        .runOn(group)
                                        .get()
                                        .uri("http://127.0.0.1:" + server.port() + "/")
                                        .responseContent()
                                        .aggregate()
                                        .asString()
                                        .block(PATIENCE);
                        assertThat(answer).isEqualTo("slept");
                    } finally {
                        server.disposeNow(PATIENCE);
                    }
                });
    }
}
