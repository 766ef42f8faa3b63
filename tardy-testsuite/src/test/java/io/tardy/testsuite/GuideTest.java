package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.sync.Mutex;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code of the pages in {@code docs} is code that compiles, and that works. */
@Timeout(60)
class GuideTest {

    static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");
    private static final Path EXAMPLES =
            ROOT.resolve("tardy-examples/src/main/java/io/tardy/examples");
    private static final Path TESTS =
            ROOT.resolve("tardy-testsuite/src/test/java/io/tardy/testsuite");
    private static final List<Path> SOURCES =
            List.of(
                    TESTS.resolve("GuideSamples.java"),
                    TESTS.resolve("FileSamples.java"),
                    TESTS.resolve("StreamSamples.java"),
                    TESTS.resolve("SyncSamples.java"),
                    TESTS.resolve("ProcessSamples.java"),
                    TESTS.resolve("EmbeddingSamples.java"),
                    TESTS.resolve("ObservingSamples.java"),
                    TESTS.resolve("RestartSamples.java"));
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```\n", Pattern.DOTALL);
    private static final Pattern JAVADOC_BLOCK =
            Pattern.compile("<pre>\\{@code\n(.*?) \\* }</pre>", Pattern.DOTALL);

    @ParameterizedTest(name = "{0}, {1} blocks")
    @CsvSource({
        "docs/model, 7",
        "docs/runtimes, 3",
        "docs/errors, 5",
        "docs/sync, 8",
        "docs/transports, 2",
        "docs/files, 14",
        "docs/streams, 4",
        "docs/tls, 3",
        "docs/processes, 3",
        "docs/embedding, 2",
        "docs/names, 4",
        "docs/from-netty, 4",
        "docs/gateway, 5",
        "docs/redis, 5",
        "docs/operations, 5",
        "docs/observing, 2",
        "docs/restarts, 3",
        "docs/pitfalls, 0",
        "docs/from-zig, 0"
    })
    void everyBlockIsCompiled(String page, int count) throws IOException {
        String sources = compiled();
        List<String> blocks = blocks(ROOT.resolve(page + ".md"));
        assertThat(blocks).hasSize(count).allSatisfy(block -> assertThat(sources).contains(block));
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains("(" + page + ".md)");
    }

    @Test
    void theReadmesLinesAreTheExamples() {
        String twoLines = blocks(ROOT.resolve("README.md")).get(1);
        assertThat(read(EXAMPLES.resolve("NettyEcho.java"))).contains(twoLines);
    }

    /** Each package's page has one block, but those that no program needs. */
    @Test
    void everyPackagePageIsCompiled() throws IOException {
        String sources = compiled();
        List<String> blocks =
                files(ROOT, "package-info.java")
                        .flatMap(page -> JAVADOC_BLOCK.matcher(readWhole(page)).results())
                        .map(block -> flat(block.group(1).replaceAll("(?m)^ \\*", "")))
                        .toList();
        assertThat(blocks).hasSize(11).allSatisfy(block -> assertThat(sources).contains(block));
    }

    private static String compiled() throws IOException {
        return Stream.concat(files(EXAMPLES, ".java"), SOURCES.stream())
                .map(GuideTest::read)
                .collect(Collectors.joining());
    }

    /** Of ours, not of a build. */
    static Stream<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().endsWith(end))
                    .filter(file -> !file.toString().contains(File.separator + "target"))
                    .toList()
                    .stream();
        }
    }

    /** The pitfalls' indented lines. */
    @Test
    void everyMessageIsInTheSources() throws IOException {
        String sources =
                files(ROOT.resolve("tardy-api/src/main/java"), ".java")
                        .map(GuideTest::readWhole)
                        .collect(Collectors.joining())
                        .replaceAll("\"\\s*\\+\\s*\"", "");
        List<String> messages =
                Files.readString(ROOT.resolve("docs/pitfalls.md"))
                        .lines()
                        .filter(line -> line.startsWith("    "))
                        .map(String::strip)
                        .toList();
        assertThat(messages)
                .hasSize(22)
                .allSatisfy(message -> assertThat(sources).contains(message));
    }

    @Test
    void samplesGiveWayOffloadAndFork() throws Exception {
        long sum = inFrame(rt -> GuideSamples.sum(new int[200_001]));
        assertThat(sum).isZero();
        int bits = inFrame(rt -> GuideSamples.prime(rt, 64, new Random(1)).bitLength());
        assertThat(bits).isEqualTo(64);
        assertThat(inFrame(GuideTest::endsOfTwo)).isEqualTo(-2);
        String greeting = inFrame(rt -> GuideSamples.greet(rt, "Ann"));
        assertThat(greeting).isEqualTo("Hello, Ann");
    }

    @Test
    void samplesWaitForEachOther() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger done = new AtomicInteger();
                    try (Scope scope = Scope.open()) {
                        SyncSamples.atMostEight(scope, 20, done::incrementAndGet);
                        SyncSamples.startAll(scope, 3, done::incrementAndGet);
                        SyncSamples.doAll(scope, 3, Collections.nCopies(40, done::incrementAndGet));
                        SyncSamples.inSteps(scope, 3, 5, done::incrementAndGet);
                        scope.join();
                    }
                    assertThat(done).hasValue(78);
                    Mutex mutex = new Mutex();
                    Queue<String> free = new ArrayDeque<>(List.of("free"));
                    assertThat(SyncSamples.takeFree(mutex, mutex.condition(), free))
                            .isEqualTo("free");
                    io.tardy.channel.Channel<String> none = io.tardy.channel.Channel.rendezvous();
                    io.tardy.channel.Channel<String> lamps = io.tardy.channel.Channel.buffered(1);
                    assertThat(SyncSamples.see(none, none, lamps)).isEqualTo("switched on");
                    try (Socket listener = echo(rt);
                            Socket socket = peerOf(listener).connect()) {
                        ByteBuffer answer = ByteBuffer.allocate(5);
                        SyncSamples.exchangeAlone(
                                mutex, socket, ByteBuffer.wrap("hello".getBytes()), answer);
                        assertThat(new String(answer.array())).isEqualTo("hello");
                        Frame<String> lookup = rt.spawnCall(() -> "it");
                        assertThat(SyncSamples.seeOthers(lookup, socket, answer.clear()))
                                .isEqualTo("found it");
                    }
                    return null;
                });
    }

    @Test
    void samplesThatWaitForEachOtherEndWhenOneFails() throws Exception {
        SyncSamples.Job failing = TransportFixture::failSoon;
        inFrame(
                rt -> {
                    Deadline.within(
                            Duration.ofSeconds(20),
                            () -> {
                                assertThatThrownBy(() -> failInScope(failing))
                                        .hasRootCauseMessage("on purpose");
                                assertThatThrownBy(() -> startFailing(failing))
                                        .hasRootCauseMessage("on purpose");
                            });
                    return null;
                });
    }

    private static void failInScope(SyncSamples.Job failing) throws IOException {
        try (Scope scope = Scope.open()) {
            SyncSamples.doAll(scope, 3, Collections.nCopies(40, failing));
        }
    }

    private static void startFailing(SyncSamples.Job failing) throws IOException {
        try (Scope scope = Scope.open()) {
            SyncSamples.startAll(scope, 3, failing::run);
            scope.join();
        }
    }

    @Test
    void samplesRunOneFrameAndSayGoodbye(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "12345");
        try (Tardy tardy = Tardy.builder().build()) {
            assertThat(GuideSamples.sizeOf(tardy, file)).isEqualTo(5);
            tardy.run(GuideTest::goodbye);
        }
    }

    private static void goodbye() throws IOException {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1);
                Socket client = peerOf(listener).connect();
                Socket peer = listener.accept()) {
            Frame<Void> serving =
                    TardyRuntime.current()
                            .spawn(() -> GuideSamples.serveAndSay(peer, ByteBuffer.allocate(3)));
            Frame.yield();
            serving.cancel();
            assertThat(client.recvAll(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThatThrownBy(serving::join).hasCauseInstanceOf(CancelledException.class);
        }
    }

    @Test
    void samplesEndInOrder() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            rt -> {
                                GuideSamples.reloadOnHangup(rt, () -> {});
                                rt.spawn(() -> askAndDrain(rt, answered));
                            });
            assertThat(entry.await(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(answered).hasValue(2);
    }

    private static void askAndDrain(TardyRuntime rt, AtomicInteger answered) throws IOException {
        Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(16);
        rt.spawn(() -> listener.serve(peer -> GuideSamples.serve(peer, ByteBuffer.allocate(16))));
        try (Socket client = peerOf(listener).connect()) {
            ByteBuffer answer = ByteBuffer.allocate(16);
            client.sendAll(ByteBuffer.allocate(1));
            answered.addAndGet(client.recv(answer));
            client.sendAll(ByteBuffer.allocate(1));
            answered.addAndGet(client.recv(answer));
            rt.drain(Duration.ofMinutes(1));
            assertThat(client.recv(answer)).isEqualTo(-1);
        }
    }

    @Test
    void samplesTalkAcrossRuntimes() throws Exception {
        try (Tardy tardy = Tardy.builder().threading(Threading.multi(2)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread("", (rt, nothing) -> rt.spawn(GuideTest::stay));
            List<TardyRuntime> runtimes = entry.runtimes();
            assertThat(GuideSamples.pass(runtimes.get(0), runtimes.get(1))).isEqualTo("hello");
        }
    }

    @Test
    void samplesMeetErrorsDeadlinesAndCancellation() throws Exception {
        assertThat(inFrame(GuideTest::refused)).isFalse();
        assertThat(inFrame(GuideTest::answered)).isEqualTo("hello");
        assertThatThrownBy(() -> inFrame(GuideTest::cancelled))
                .hasRootCauseInstanceOf(CancelledException.class);
    }

    @Test
    void samplesFindAddresses() throws Exception {
        int addresses = inFrame(rt -> GuideSamples.addressesOf("127.0.0.1").size());
        assertThat(addresses).isOne();
        Tardy.Builder builder = GuideSamples.forTests().threading(Threading.single());
        try (Tardy tardy = builder.build()) {
            tardy.run(
                    () -> {
                        try (Socket listener = Socket.tcp("db.test", 0).bind().listen(1)) {
                            assertThat(
                                            GuideSamples.connectFrom(
                                                    "127.0.0.1", "db.test", portOf(listener)))
                                    .isEqualTo(listener.localAddress());
                        }
                    });
        }
        assertThat(GuideSamples.asking().build().options().nameResolver())
                .hasToString("DNS by the system's name servers");
    }

    private static int portOf(Socket listener) throws IOException {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Test
    void samplesAwaitNetty() throws Exception {
        assertThat(inFrame(GuideTest::reached)).isTrue();
    }

    @Test
    void samplesUseFiles(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("text");
        inFrame(
                rt -> {
                    assertThat(GuideSamples.isThere(path)).isFalse();
                    GuideSamples.save(path, "first");
                    assertThat(GuideSamples.isThere(path)).isTrue();
                    GuideSamples.log(path, ", ");
                    GuideSamples.log(path, "second");
                    assertThat(GuideSamples.load(path)).isEqualTo("first, second");
                    GuideSamples.replace(path, "third");
                    assertThat(GuideSamples.load(path)).isEqualTo("third");
                    return null;
                });
        Files.write(folder.resolve("rows"), ByteBuffer.allocate(16).putLong(3).putLong(4).array());
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/b/c"), "four");
        inFrame(
                rt -> {
                    try (io.tardy.fs.File rows = io.tardy.fs.File.open(folder.resolve("rows"))) {
                        assertThat(GuideSamples.bothRows(rows)).isEqualTo(7);
                    }
                    assertThat(GuideSamples.bytesBelow(folder)).isEqualTo(5 + 16 + 4);
                    return null;
                });
    }

    @Test
    void samplesReadAndWriteStreams(@TempDir Path folder) throws Exception {
        Path path = Files.writeString(folder.resolve("text"), "one\ntwo");
        inFrame(
                rt -> {
                    assertThat(StreamSamples.lines(path)).isEqualTo(2);
                    try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(16)) {
                        rt.spawn(() -> listener.serve(StreamSamples::answer));
                        try (Socket peer = peerOf(listener).connect()) {
                            byte[] lines = "one\ntwo\n".getBytes();
                            assertThat(StreamSamples.sendWithin(Duration.ofSeconds(9), peer, lines))
                                    .isEqualTo(8);
                            ByteReader in = peer.reader();
                            assertThat(in.readLine()).isEqualTo("ONE");
                            assertThat(in.readLine()).isEqualTo("TWO");
                            peer.shutdownOutput();
                            assertThat(StreamSamples.nextMessage(in)).isNull();
                        }
                    }
                    return null;
                });
    }

    private static int endsOfTwo(TardyRuntime rt) throws IOException {
        try (Socket listener = echo(rt);
                Socket first = peerOf(listener);
                Socket second = peerOf(listener)) {
            return GuideSamples.both(first, second);
        }
    }

    private static boolean refused(TardyRuntime rt) throws IOException {
        int port;
        try (Socket gone = Socket.tcp("127.0.0.1", 0)) {
            port = ((InetSocketAddress) gone.bind().localAddress()).getPort();
        }
        try (Socket socket = Socket.tcp("127.0.0.1", port)) {
            return GuideSamples.listens(socket);
        }
    }

    private static String answered(TardyRuntime rt) throws IOException {
        try (Socket listener = echo(rt);
                Socket socket = peerOf(listener).connect()) {
            byte[] answer = new byte[5];
            GuideSamples.exchange(
                    socket, ByteBuffer.wrap("hello".getBytes()), ByteBuffer.wrap(answer));
            return new String(answer);
        }
    }

    private static Void cancelled(TardyRuntime rt) throws IOException {
        try (Socket listener = echo(rt)) {
            Socket socket = peerOf(listener).connect();
            try {
                return GuideSamples.cancel(rt, socket, ByteBuffer.allocate(1)).join();
            } finally {
                assertThat(socket.isClosed()).isTrue();
            }
        }
    }

    private static boolean reached(TardyRuntime rt) throws Exception {
        try (Socket listener = echo(rt)) {
            Bootstrap bootstrap =
                    new Bootstrap()
                            .channel(rt.channelTypes().socket())
                            .handler(new ChannelInboundHandlerAdapter());
            Channel upstream = GuideSamples.reach(rt, bootstrap, listener.localAddress());
            boolean isActive = upstream.isActive();
            rt.await(upstream.close());
            return isActive;
        }
    }

    /** Sends back what it gets, until it is closed. */
    private static Socket echo(TardyRuntime rt) throws IOException {
        Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(16);
        rt.spawn(() -> listener.serve(GuideTest::echo));
        return listener;
    }

    private static void echo(Socket peer) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(16);
        while (peer.recv(buffer.clear()) >= 0) {
            peer.sendAll(buffer.flip());
        }
    }

    private static Socket peerOf(Socket listener) throws IOException {
        return Socket.tcp("127.0.0.1", ((InetSocketAddress) listener.localAddress()).getPort());
    }

    private static void stay() throws IOException {
        Frame.delay(Duration.ofDays(1)); // until the runtime is stopped
    }

    @FunctionalInterface
    private interface Sample<T> {
        T run(TardyRuntime rt) throws Exception;
    }

    private static <T> T inFrame(Sample<T> sample) throws IOException {
        List<T> result = new ArrayList<>();
        List<FrameFailedException> failure = new ArrayList<>();
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            tardy.entry(
                    sample,
                    (rt, body) ->
                            rt.spawn(
                                    () -> {
                                        Callable<T> call = () -> body.run(rt);
                                        try {
                                            result.add(rt.spawnCall(call).join());
                                        } catch (FrameFailedException e) {
                                            failure.add(e);
                                        }
                                    }));
        }
        if (!failure.isEmpty()) {
            throw failure.getFirst();
        }
        return result.getFirst();
    }

    private static List<String> blocks(Path page) {
        return BLOCK.matcher(readWhole(page)).results().map(b -> flat(b.group(1))).toList();
    }

    private static String read(Path source) {
        return flat(readWhole(source));
    }

    static String readWhole(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Without indentation, which depends on where the code stands. */
    private static String flat(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n", "", "\n"));
    }
}
