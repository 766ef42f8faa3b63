package io.tardy.examples.gateway;

import static io.tardy.examples.gateway.RawClient.get;
import static io.tardy.examples.gateway.RawClient.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.examples.gateway.RawClient.Answer;
import io.tardy.examples.gateway.RunningGateway.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients get from each gateway, whatever their backend does; and what the backend sees. */
@Timeout(120)
final class GatewayTest {

    /** One connection, so that none can be missing unnoticed. */
    private static final Limits ONE = Limits.DEFAULT.connections(1, 1);

    /** Nothing is given up by the time, nor a connection by its age. */
    private static final Limits PATIENT = timed(Duration.ofMinutes(10), Duration.ofMillis(100));

    private static final Limits HASTY = timed(Duration.ofMillis(300), Duration.ofMillis(100));

    private static Limits timed(Duration timeout, Duration patience) {
        return new Limits(1, 1, timeout, patience, Duration.ofMinutes(1), 64 * 1024, 1024 * 1024);
    }

    static Stream<Arguments> all() {
        return Stream.of(Shape.values())
                .flatMap(
                        shape ->
                                Stream.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.POLL)
                                        .map(transport -> Arguments.of(shape, transport)));
    }

    @FunctionalInterface
    private interface Case {
        void run(RunningGateway gateway, ScriptedBackend backend) throws Exception;
    }

    private static void with(Shape shape, AsyncType transport, Limits limits, Case body)
            throws Exception {
        try (ScriptedBackend backend = new ScriptedBackend();
                RunningGateway gateway =
                        new RunningGateway(shape, transport, backend.address(), limits)) {
            body.run(gateway, backend);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aRequestIsPassedOnAndItsAnswerBack(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        assertThat(client.ask(get("/a?b=c")).content()).isEqualTo("GET /a?b=c  ");
                        Answer posted = client.ask(post("/form", "a=b"));
                        assertThat(posted.content()).isEqualTo("POST /form text/y a=b");
                        assertThat(posted.fields())
                                .containsEntry("content-type", "text/plain")
                                .doesNotContainKeys("x-other", "connection");
                        String long60 = "y".repeat(60_000);
                        assertThat(client.ask(post("/", long60)).content()).endsWith(long60);
                        assertThat(client.ask(get("http://other/x")).content())
                                .isEqualTo("GET /x  ");
                        assertThat(client.ask(get("/404"))).hasToString("404 none");
                    }
                    assertThat(backend.connections()).isEqualTo(1);
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyFormOfAnAnswerArrivesWhole(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        for (int i = 0; i < 2; i++) {
                            assertThat(client.ask(get("/chunked")))
                                    .hasToString("200 four and ten b");
                            assertThat(client.ask(get("/long")).content())
                                    .hasSize(ScriptedBackend.LONG_BYTES);
                            assertThat(client.ask(get("/204"))).hasToString("204 ");
                            assertThat(client.ask(get("/bytes"))).hasToString("200 byte by byte");
                            assertThat(client.ask(get("/interim"))).hasToString("200 at last");
                            assertThat(client.ask(get("/304"))).hasToString("304 ");
                            Answer head = client.ask(get("/head").replace("GET", "HEAD"));
                            assertThat(head.fields()).containsEntry("content-length", "1234");
                        }
                        assertThat(backend.connections()).isEqualTo(1);
                        for (int i = 0; i < 2; i++) {
                            assertThat(client.ask(get("/until-end")))
                                    .hasToString("200 until the end");
                            assertThat(client.ask(get("/close"))).hasToString("200 last");
                            assertThat(client.ask(get("/old"))).hasToString("200 old");
                            assertThat(client.ask(get("/half"))).hasToString("200 half");
                            assertThat(client.ask(get("/unasked"))).hasToString("200 asked");
                        }
                        assertThat(client.ask(get("/end")).content()).isEqualTo("GET /end  ");
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatTheBackendSaysUnaskedIsNobodysAnswer(Shape shape, AsyncType transport)
            throws Exception {
        with(
                shape,
                transport,
                PATIENT,
                (gateway, backend) -> {
                    try (RawClient first = gateway.client();
                            RawClient second = gateway.client()) {
                        for (int i = 0; i < 2; i++) {
                            assertThat(first.ask(get("/ok")).status()).isEqualTo(200);
                            backend.sayUnasked();
                            assertThat(second.ask(post("/form", "a")).content())
                                    .isEqualTo("POST /form text/y a");
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsNoAnswerIsABadGateway(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        for (String path :
                                List.of(
                                        "/garbage",
                                        "/no-chunks",
                                        "/no-length",
                                        "/huge",
                                        "/cut",
                                        "/cut-head",
                                        "/cut-chunks",
                                        "/hang-up")) {
                            assertThat(client.ask(get(path))).as(path).hasToString("502 ");
                            assertThat(client.ask(get("/ok")).status()).as(path).isEqualTo(200);
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBackendThatIsNotThereIsABadGateway(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        assertThat(client.ask(get("/ok")).status()).isEqualTo(200);
                        backend.close();
                        for (int i = 0; i < 3; i++) {
                            assertThat(client.ask(get("/ok"))).hasToString("502 ");
                            assertThat(client.ask(post("/ok", "x"))).hasToString("502 ");
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aKeptConnectionThatHasEndedIsReplacedOnce(Shape shape, AsyncType transport)
            throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        client.ask(get("/ok"));
                        assertThat(client.ask(get("/hang-up-once"))).hasToString("200 again");
                        assertThat(client.ask(get("/hang-up"))).hasToString("502 ");
                        client.ask(get("/ok"));
                        assertThat(client.ask(post("/hang-up-once", "x"))).hasToString("502 ");
                        client.ask(get("/ok"));
                        backend.closeConnections();
                        assertThat(client.ask(get("/after")).status()).isEqualTo(200);
                    }
                    assertThat(backend.asked())
                            .containsExactly(
                                    "GET /ok",
                                    "GET /hang-up-once",
                                    "GET /hang-up-once",
                                    "GET /hang-up",
                                    "GET /hang-up",
                                    "GET /ok",
                                    "POST /hang-up-once",
                                    "GET /ok",
                                    "GET /after");
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aSlowBackendIsGivenUp(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                HASTY,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        for (int i = 0; i < 2; i++) {
                            assertThat(client.ask(get("/never"))).hasToString("504 ");
                            backend.awaitGivenUp();
                            assertThat(client.ask(get("/ok")).status()).isEqualTo(200);
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aClientThatLeavesIsNoMoreWorkedFor(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                PATIENT,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        client.send(get("/never"));
                        backend.awaitPending();
                        client.reset();
                    }
                    backend.awaitGivenUp();
                    try (RawClient client = gateway.client()) {
                        client.send(get("/never"));
                        backend.awaitPending();
                    }
                    backend.awaitGivenUp();
                    try (RawClient client = gateway.client()) {
                        assertThat(client.ask(get("/ok")).status()).isEqualTo(200);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void moreThanMayWaitAreRefused(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                PATIENT,
                (gateway, backend) -> {
                    try (RawClient first = gateway.client();
                            RawClient second = gateway.client();
                            RawClient third = gateway.client()) {
                        first.send(get("/never"));
                        backend.awaitPending();
                        second.send(get("/second"));
                        third.send(get("/third"));
                        Answer refused = anyOf(second, third);
                        assertThat(refused).hasToString("503 ");
                        backend.closeConnections();
                        assertThat(first.answer(false).status()).isEqualTo(502);
                        List<String> all = new ArrayList<>(backend.asked());
                        assertThat(all).startsWith("GET /never");
                    }
                });
    }

    /** Which of them is refused is not said; the other one waits. */
    private static Answer anyOf(RawClient second, RawClient third) throws Exception {
        for (; ; ) {
            for (RawClient each : List.of(second, third)) {
                if (each.hasMore()) {
                    return each.answer(false);
                }
            }
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void whoDoesNotReadItsAnswersHoldsNobodyUp(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient sloth = gateway.client();
                            RawClient other = gateway.client()) {
                        sloth.send(get("/long").repeat(100));
                        assertThat(sloth.answer(false).status()).isEqualTo(200);
                        for (int i = 0; i < 20; i++) {
                            assertThat(other.ask(get("/ok")).status()).isEqualTo(200);
                        }
                        for (int i = 1; i < 100; i++) {
                            assertThat(sloth.answer(false).content())
                                    .hasSize(ScriptedBackend.LONG_BYTES);
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void requestsThatComeTogetherAreAnsweredInOrder(Shape shape, AsyncType transport)
            throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        StringBuilder requests = new StringBuilder();
                        for (int i = 0; i < 300; i++) {
                            requests.append(i % 3 == 0 ? post("/n" + i, "p" + i) : get("/n" + i));
                        }
                        client.send(requests.toString());
                        for (int i = 0; i < 300; i++) {
                            assertThat(client.answer(false).content())
                                    .isEqualTo(
                                            i % 3 == 0
                                                    ? "POST /n" + i + " text/y p" + i
                                                    : "GET /n" + i + "  ");
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void theConnectionEndsWhereTheClientWantsIt(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        String last = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                        assertThat(client.ask(last).fields()).containsEntry("connection", "close");
                        assertThat(client.isAtEnd()).isTrue();
                    }
                    try (RawClient client = gateway.client()) {
                        String old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
                        assertThat(client.ask(old).fields())
                                .containsEntry("connection", "keep-alive");
                        assertThat(client.ask("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(200);
                        assertThat(client.isAtEnd()).isTrue();
                    }
                    try (RawClient client = gateway.client()) {
                        client.send(get("/1") + get("/2"));
                        client.end();
                        assertThat(client.answer(false).content()).isEqualTo("GET /1  ");
                        assertThat(client.answer(false).content()).isEqualTo("GET /2  ");
                        assertThat(client.isAtEnd()).isTrue();
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsNoRequestIsRefusedAndNotPassedOn(Shape shape, AsyncType transport) throws Exception {
        with(
                shape,
                transport,
                ONE,
                (gateway, backend) -> {
                    for (String request :
                            List.of("NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", get("/%zz"))) {
                        try (RawClient client = gateway.client()) {
                            Answer refused = client.ask(request);
                            assertThat(refused.status()).isEqualTo(400);
                            assertThat(refused.fields()).containsEntry("connection", "close");
                            assertThat(client.isAtEnd()).isTrue();
                        }
                    }
                    try (RawClient client = gateway.client()) {
                        client.send(post("/", "x".repeat(70_000)));
                        assertThat(client.answer(false).status()).isEqualTo(413);
                    }
                    try (RawClient client = gateway.client()) {
                        String expecting =
                                post("/", "body")
                                        .replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
                        client.send(expecting.substring(0, expecting.length() - 4));
                        assertThat(client.answer(false).status()).isEqualTo(100);
                        assertThat(client.ask("body").content()).isEqualTo("POST / text/y body");
                    }
                    assertThat(backend.asked()).containsExactly("POST /");
                });
    }

    /** So that no connection is used just when the backend closes it. */
    @ParameterizedTest
    @MethodSource("owners")
    void whatIsIdleForLongIsClosed(Shape shape, AsyncType transport) throws Exception {
        Limits brief =
                new Limits(
                        8,
                        8,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofMillis(50),
                        1000,
                        1000);
        with(
                shape,
                transport,
                brief,
                (gateway, backend) -> {
                    try (RawClient client = gateway.client()) {
                        for (int i = 0; i < 2; i++) {
                            assertThat(client.ask(get("/ok")).status()).isEqualTo(200);
                            while (backend.connections() > 0) {
                                Thread.onSpinWait(); // until the test's timeout
                            }
                        }
                    }
                });
    }

    /** Those with our own pool. */
    static Stream<Arguments> owners() {
        return all().filter(each -> each.get()[0] != Shape.CALLBACKS);
    }
}
