package io.tardy.testsuite;

import static io.tardy.testsuite.NamesContract.assertLookupFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.NameResolver;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.ConnectError;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Names;
import io.tardy.net.Socket;
import io.tardy.netty.DnsResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names by name servers that are slow, lie, know nothing, fail, cut short and hang up. */
interface DnsContract extends SocketFixture {

    Duration SHORT = Duration.ofMillis(100);

    /** The name servers of a test are known only when it runs. */
    final class Late implements NameResolver {
        private NameResolver actual = NameResolver.system();

        @Override
        public List<InetAddress> resolve(String host) throws IOException {
            return actual.resolve(host);
        }
    }

    /** What a test does with a server, of which {@code Names.resolve} asks. */
    @FunctionalInterface
    interface Asking {
        void run(TardyRuntime rt, DnsServer server) throws Exception;
    }

    private void withServer(Duration answerWithin, Asking body) throws Exception {
        Late late = new Late();
        inFrame(
                tardy().nameResolver(late),
                rt -> {
                    try (DnsServer server = DnsServer.open(rt)) {
                        late.actual = server.resolver().answerWithin(answerWithin);
                        long before = socketsOpen();
                        body.run(rt, server);
                        assertAllClosed(server, before);
                    }
                });
    }

    private void assertAllClosed(DnsServer server, long before) throws Exception {
        Deadline.callWithin(
                patience(),
                () -> {
                    server.awaitConnectionsClosed();
                    while (socketsOpen() > before) { // the loop closes channels a little later
                        Frame.delay(Duration.ofMillis(1));
                    }
                    return null;
                });
    }

    private void withServer(Asking body) throws Exception {
        withServer(Duration.ofMinutes(1), body); // longer than any test waits
    }

    /** Of the process; where the system does not tell, of a simulation too, none. */
    private static long socketsOpen() throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (TardyRuntime.current().backend().toString().equals("simulated")
                || !Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(DnsContract::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // that of the listing itself
        }
    }

    private static InetAddress[] addresses(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }

    @Test
    default void aServerIsAskedForAllAddressesAndKeepsThemForAWhile() throws Exception {
        withServer(
                (rt, server) -> {
                    List<InetAddress> found = Names.resolve("both.test");
                    assertThat(found).startsWith(addresses("127.0.0.1", "127.0.0.2"));
                    assertThat(found).hasSizeBetween(2, 3); // IPv6 only where there is some
                    assertThat(Names.resolve("both.test")).isEqualTo(found);
                    assertThat(server.asked()).containsExactly("both.test");
                    assertThat(Names.resolve("alias.test")).isEqualTo(found);
                    assertThat(Names.resolve("slow.test")).containsExactly(addresses("127.0.0.1"));
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket client =
                                    Socket.tcp("both.test", TransportFixture.port(listener))) {
                        assertThat(client.connect().remoteAddress())
                                .isEqualTo(listener.localAddress());
                    }
                });
    }

    /** The second asks when the server has told the first of IPv4 only. */
    @Test
    default void whoAsksWhileAnotherDoesGetsEachFamilyToo() throws Exception {
        withServer(
                (rt, server) -> {
                    Frame<List<InetAddress>> first =
                            rt.spawnCall(() -> Names.resolve("later.test"));
                    server.awaitAsked(1, 0);
                    for (int turn = 0; turn < 10; turn++) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                    List<InetAddress> second = Names.resolve("later.test."); // not the same lookup
                    assertThat(second).isEqualTo(first.join());
                    int asked = server.asked().size();
                    assertThat(Names.resolve("later.test")).isEqualTo(second);
                    assertThat(server.asked()).hasSize(asked);
                });
    }

    @Test
    default void manyFramesAskAtTheSameTime() throws Exception {
        withServer(
                (rt, server) -> {
                    List<Frame<List<InetAddress>>> asking = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        String name = "host." + i + ".test";
                        asking.add(rt.spawnCall(() -> Names.resolve(name)));
                    }
                    for (Frame<List<InetAddress>> frame : asking) {
                        assertThat(frame.join()).containsExactly(addresses("127.0.0.1"));
                    }
                    assertThat(server.asked()).hasSize(100).doesNotHaveDuplicates();
                });
    }

    @Test
    default void framesThatWantANameAtTheSameTimeShareItsLookup() throws Exception {
        withServer(
                SHORT,
                (rt, server) -> {
                    Frame<List<InetAddress>> first = rt.spawnCall(() -> Names.resolve("deaf.test"));
                    server.awaitAsked(1, 0);
                    List<Frame<?>> others = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        others.add(
                                rt.spawn(
                                        () ->
                                                assertLookupFails(
                                                        () -> Names.resolve("deaf.test"),
                                                        ConnectError.TIMED_OUT,
                                                        "deaf.test",
                                                        "in time")));
                    }
                    first.cancel(); // which is no matter of the others
                    for (Frame<?> frame : others) {
                        frame.join();
                    }
                    assertThat(server.asked()).containsExactly("deaf.test", "deaf.test");
                });
    }

    @Test
    default void aNameThatIsDeniedIsUnknown() throws Exception {
        withServer(
                (rt, server) -> {
                    for (String word : List.of("unknown", "denied", "empty", "othername", "loop")) {
                        String name = word + ".test";
                        assertLookupFails(
                                () -> Names.resolve(name),
                                ConnectError.ADDRESS_NOT_AVAILABLE,
                                "unknown host " + name);
                    }
                });
    }

    @Test
    default void aServerThatFailsIsNamed() throws Exception {
        withServer(
                (rt, server) -> {
                    for (String word : List.of("servfail", "refused")) {
                        assertLookupFails(
                                () -> Socket.tcp(word + ".test", 1),
                                ConnectError.NAME_SERVER_FAILED,
                                word + ".test",
                                server.address().toString(),
                                word.equals("refused") ? "Refused" : "ServFail",
                                "ask again later");
                    }
                });
    }

    /** None of these is an answer, so the time passes. */
    @Test
    default void whoeverDoesNotAnswerIsNamed() throws Exception {
        withServer(
                SHORT,
                (rt, server) -> {
                    for (String word : List.of("deaf", "garbage", "otherid", "otherquestion")) {
                        assertLookupFails(
                                () -> Names.resolve(word + ".test"),
                                ConnectError.TIMED_OUT,
                                word + ".test",
                                server.address().toString(),
                                "has not answered in time");
                    }
                    assertThat(server.asked().stream().filter("deaf.test"::equals)).hasSize(2);
                });
    }

    @Test
    default void aLostDatagramIsSentAgain() throws Exception {
        withServer(
                SHORT,
                (rt, server) -> {
                    assertThat(Names.resolve("lost.test")).containsExactly(addresses("127.0.0.1"));
                    assertThat(server.asked()).containsExactly("lost.test", "lost.test");
                });
    }

    @Test
    default void theNextServerIsAskedIfOneFails() throws Exception {
        withServer(
                (rt, server) -> {
                    try (Socket deaf = Socket.udp("127.0.0.1", 0).bind()) {
                        InetSocketAddress first = (InetSocketAddress) deaf.localAddress();
                        DnsResolver both =
                                DnsResolver.of(first, server.address()).answerWithin(SHORT);
                        assertThat(both.resolve("host.test")).hasSize(1);
                    }
                });
    }

    @Test
    default void whatAServerSaysOfOtherNamesIsPassedOver() throws Exception {
        withServer(
                (rt, server) -> {
                    assertThat(Names.resolve("poison.test"))
                            .containsExactly(addresses("127.0.0.1"));
                    assertThat(Names.resolve("bank.test")).containsExactly(addresses("127.0.0.1"));
                    assertThat(server.asked()).containsExactly("poison.test", "bank.test");
                });
    }

    @Test
    default void aLongAnswerComesByTcp() throws Exception {
        withServer(
                (rt, server) ->
                        assertThat(Names.resolve("long.test"))
                                .hasSize(DnsServer.LONG_COUNT)
                                .doesNotHaveDuplicates());
    }

    @Test
    default void aLongAnswerThatDoesNotComeByTcpIsSaidToBeCutShort() throws Exception {
        withServer(
                (rt, server) -> {
                    for (String word : List.of("cut", "half")) {
                        assertCutShort(word + ".test");
                    }
                    server.closeTcp();
                    assertCutShort("long.test");
                });
        withServer(SHORT, (rt, server) -> assertCutShort("mute.test"));
    }

    private static void assertCutShort(String name) {
        assertLookupFails(
                () -> Names.resolve(name),
                ConnectError.NAME_SERVER_FAILED,
                name,
                "too long for a datagram",
                "let TCP to it pass");
    }

    @Test
    default void whoGivesUpLeavesNothingBehind() throws Exception {
        withServer(
                (rt, server) -> {
                    long before = socketsOpen();
                    for (String name : List.of("deaf.test", "mute.test")) {
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.callWithin(
                                                        Duration.ofMillis(50),
                                                        () -> Names.resolve(name)));
                        int questions = server.asked().size() + 1;
                        int connections = server.connections() + (name.equals("mute.test") ? 1 : 0);
                        Frame<Socket> asking = rt.spawnCall(() -> Socket.tcp(name, 1));
                        server.awaitAsked(questions, connections);
                        asking.cancel();
                        TransportFixture.assertFailedOf(asking, CancelledException.class);
                    }
                    assertAllClosed(server, before);
                    assertThat(rt.timersActive()).isZero();
                });
    }

    @Test
    default void whatIsNoNameIsNotAskedFor() throws Exception {
        withServer(
                (rt, server) -> {
                    String label = "x".repeat(64);
                    String name = String.join(".", Collections.nCopies(50, "123456"));
                    for (String wrong : List.of(label + ".test", "two..dots", name)) {
                        assertLookupFails(
                                () -> Names.resolve(wrong),
                                ConnectError.ADDRESS_NOT_AVAILABLE,
                                "unknown host " + wrong);
                    }
                    assertThat(Names.resolve("localhost")).allMatch(InetAddress::isLoopbackAddress);
                    assertThat(Names.resolve("a.LOCALHOST"))
                            .containsExactly(addresses("127.0.0.1", "::1"));
                    for (String rooted : List.of("localhost.", "a.localhost.")) {
                        assertThat(Names.resolve(rooted))
                                .containsExactly(addresses("127.0.0.1", "::1"));
                    }
                    assertLookupFails(
                            () -> Names.resolve("."), ConnectError.ADDRESS_NOT_AVAILABLE, "1 to");
                    assertThat(server.asked()).isEmpty();
                });
    }

    @Test
    default void aRuntimeEndsWhileItsFramesAsk() throws Exception {
        Late late = new Late();
        Tardy.Builder builder = tardy().nameResolver(late);
        inFrame(
                builder,
                rt -> {
                    DnsServer server = DnsServer.open(rt);
                    late.actual = server.resolver();
                    rt.spawn(() -> Names.resolve("deaf.test"));
                    rt.spawn(() -> Names.resolve("mute.test"));
                    server.awaitAsked(2, 1);
                    rt.stop();
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void onlyAFrameCanWaitForAServer() throws Exception {
        DnsResolver resolver = DnsResolver.of(new InetSocketAddress("127.0.0.1", 9));
        try (Tardy tardy = tardy().nameResolver(resolver).build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> Socket.tcp(tardy, "host.test", 1))
                    .withMessageContaining("rt.spawn");
            tardy.entry(
                    rt ->
                            assertThatIllegalStateException()
                                    .isThrownBy(() -> Names.resolve("host.test"))
                                    .withMessageContaining("rt.spawn"));
        }
    }

    @Test
    default void settingsThatMakeNoSenseAreRefused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("dns", 53);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.of(unresolved))
                .withMessageContaining("not by a name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DnsResolver.of())
                .withMessageContaining("DnsResolver.ofSystem()");
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofMinutes(2))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DnsResolver.ofSystem().answerWithin(wrong))
                    .withMessageContaining("answerWithin");
        }
    }
}
