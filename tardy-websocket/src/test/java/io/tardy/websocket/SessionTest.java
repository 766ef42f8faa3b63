package io.tardy.websocket;

import static io.tardy.websocket.RawPeer.CONTINUATION;
import static io.tardy.websocket.RawPeer.PING;
import static io.tardy.websocket.RawPeer.TEXT;
import static io.tardy.websocket.RawPeer.frame;
import static io.tardy.websocket.RawPeer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The promises to a session's frame. */
@ExtendWith(BufferCheck.class)
class SessionTest {

    private static ServerFixture server(
            UnaryOperator<WebSocketServer.Builder> settings, WebSocketBody body) throws Exception {
        return new ServerFixture(AsyncType.AUTO, settings, body);
    }

    @Test
    void aSilentPeerIsPingedAndThenDisconnected() throws Exception {
        try (ServerFixture server =
                        server(b -> b.idleTimeout(Duration.ofMillis(600)), ServerFixture::echo);
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            assertThat(peer.readFrame()).isEqualTo("ping");
            peer.send(frame(RawPeer.PONG, new byte[0]));
            assertThat(peer.readFrame()).as("the pong counts").isEqualTo("ping");
            assertThat(peer.readToEnd()).isEqualTo("close 1001, end");
        }
    }

    @Test
    void aPeerThatAnswersPingsIsNotIdle() throws Exception {
        try (ServerFixture server =
                server(b -> b.idleTimeout(Duration.ofMillis(300)), ServerFixture::echo)) {
            server.inFrame(
                    () -> {
                        try (var ws = WebSocketConnection.connect(server.uri("ws", "/"))) {
                            Frame.delay(Duration.ofMillis(1200));
                            ws.sendText("still here");
                            assertThat(ws.receive().text()).isEqualTo("still here");
                        }
                    });
        }
    }

    @Test
    void fragmentsCanBeReceivedOneByOne() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        try (ServerFixture server =
                        server(
                                b -> b.messageBytesMax(4),
                                ws -> {
                                    for (WebSocketFragment part;
                                            (part = ws.receiveFragment()) != null; ) {
                                        seen.add(
                                                part.isText()
                                                        + " "
                                                        + part.isLast()
                                                        + " "
                                                        + part.content().readableBytes());
                                        part.content().release();
                                        if (!part.isLast()) {
                                            assertThatThrownBy(ws::receive)
                                                    .isInstanceOf(IllegalStateException.class);
                                        }
                                    }
                                });
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            peer.send(frame(false, 0, TEXT, new byte[3]), frame(PING, new byte[0]));
            peer.send(frame(false, 0, CONTINUATION, new byte[4]));
            peer.send(frame(true, 0, CONTINUATION, new byte[5]), RawPeer.close(1000));
            assertThat(peer.readToEnd()).isEqualTo("pong “”, close 1000, end");
            assertThat(seen).containsExactly("true false 3", "true false 4", "true true 5");
        }
    }

    @Test
    void aPeerThatClosesAndReadsNoMoreIsNotWaitedForLong() throws Exception {
        try (ServerFixture server =
                        server(
                                b -> b.closeTimeout(Duration.ofMillis(300)),
                                ws -> {
                                    ws.receive();
                                    while (true) {
                                        ws.sendBinary(new byte[1 << 20]);
                                    }
                                });
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            peer.send(RawPeer.text("go"));
            assertThat(peer.readFrame()).isEqualTo("binary [1048576]");
            peer.send(RawPeer.close(1000));
            assertThat(BufferCheck.await(() -> server.server().connections() == 0)).isTrue();
        }
    }

    @Test
    void aCancelledReceiveLosesNothing() throws Exception {
        try (ServerFixture server =
                        server(
                                b -> b,
                                ws -> {
                                    assertThatThrownBy(
                                                    () ->
                                                            Deadline.within(
                                                                    Duration.ofMillis(300),
                                                                    () -> ws.receive()))
                                            .isInstanceOf(DeadlineExceededException.class);
                                    ws.sendText("late");
                                    ws.sendText(ws.receive().text());
                                });
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            peer.send(frame(false, 0, TEXT, new byte[] {'a'}));
            assertThat(peer.readFrame()).isEqualTo("text “late”");
            peer.send(frame(true, 0, CONTINUATION, new byte[] {'b'}));
            assertThat(peer.readToEnd()).isEqualTo("text “ab”, close 1000, end");
        }
    }

    @Test
    void aFrameThatOnlySendsStillAnswersTheClose() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        try (ServerFixture server =
                        server(
                                b -> b,
                                ws -> {
                                    ws.sendText("tick");
                                    while (ws.isOpen()) {
                                        Frame.delay(Duration.ofMillis(5));
                                    }
                                    assertThatThrownBy(() -> ws.sendText("late"))
                                            .isInstanceOf(ClosedChannelException.class);
                                    ended.set(true);
                                });
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            assertThat(peer.readFrame()).isEqualTo("text “tick”");
            peer.send(RawPeer.close(4001));
            assertThat(peer.readToEnd()).isEqualTo("close 4001, end");
            server.close();
            assertThat(ended).isTrue();
        }
    }

    @Test
    void pingsAreAnsweredWhileTheFrameIsElsewhere() throws Exception {
        CompletableFuture<Void> goOn = new CompletableFuture<>();
        try (ServerFixture server = server(b -> b, ws -> goOn.join());
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            peer.send(frame(PING, new byte[] {'x'}));
            assertThat(peer.readFrame()).isEqualTo("pong “x”");
            goOn.complete(null);
            assertThat(peer.readToEnd()).isEqualTo("close 1000, end");
        }
    }

    @Test
    void aPeerThatDoesNotReadHoldsTheSender() throws Exception {
        CompletableFuture<Void> late = new CompletableFuture<>();
        try (ServerFixture server =
                        server(
                                b -> b.closeTimeout(Duration.ofMillis(200)),
                                ws -> {
                                    byte[] big = new byte[100_000];
                                    try {
                                        Deadline.within(
                                                Duration.ofMillis(500),
                                                () -> {
                                                    for (int i = 0; i < 10_000; i++) {
                                                        ws.sendBinary(big);
                                                    }
                                                });
                                    } catch (DeadlineExceededException e) {
                                        late.complete(null);
                                    }
                                });
                RawPeer peer = new RawPeer(server.port()).upgrade()) {
            late.get(ServerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            server.close();
            assertThat(peer.readFrame()).isEqualTo("binary [100000]");
        }
    }

    @Test
    void aNettyPipelineIsAcceptedToo() throws Exception {
        WebSocketServer server =
                WebSocketServer.builder().connectionFrame(ServerFixture::echo).build();
        TardyEventLoopGroup group = new TardyEventLoopGroup(1);
        try {
            Channel listener =
                    GuideSamples.accept(group, server)
                            .bind(new InetSocketAddress("127.0.0.1", 0))
                            .sync()
                            .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (RawPeer peer = new RawPeer(port).upgrade()) {
                peer.send(text("netty"), RawPeer.close(1000));
                assertThat(peer.readToEnd()).isEqualTo("text “netty”, close 1000, end");
            }
            assertThat(server.shutdown(ServerFixture.PATIENCE, ServerFixture.PATIENCE)).isTrue();
            assertThatThrownBy(() -> server.bind(new InetSocketAddress("127.0.0.1", 0)))
                    .isInstanceOf(IllegalStateException.class);
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void aRuntimeOfAnEntryCanBeAClient() throws Exception {
        try (ServerFixture server = server(b -> b, ServerFixture::echo);
                Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            URI uri = server.uri("ws", "/");
            CompletableFuture<String> answer = new CompletableFuture<>();
            tardy.entry(
                    uri,
                    (rt, to) ->
                            rt.spawn(
                                    () -> {
                                        try (var ws = WebSocketConnection.connect(to)) {
                                            ws.sendText("entry");
                                            answer.complete(ws.receive().text());
                                        }
                                    }));
            assertThat(answer).isCompletedWithValue("entry");
        }
    }

    @Test
    void theClientRefusesIllegalFrames() throws Exception {
        byte[][] wrong = {
            text("masked"), {(byte) 0xc1, 0}, {(byte) 0x83, 0}, {(byte) 0x81, 1, -1},
        };
        int[] codes = {1002, 1002, 1002, 1007};
        for (int i = 0; i < wrong.length; i++) {
            byte[] bytes = wrong[i];
            int expected = codes[i];
            try (WrongServer server = new WrongServer(bytes);
                    ServerFixture runtimes = server(b -> b, ServerFixture::echo)) {
                runtimes.inFrame(
                        () -> {
                            var ws = WebSocketConnection.connect(server.uri());
                            assertThat(ws.receive()).isNull();
                            assertThat(ws.closeCode()).isEqualTo(expected);
                            ws.close();
                        });
            }
        }
    }

    @Test
    void illegalArgumentsAreRejected() throws Exception {
        try (ServerFixture server = server(b -> b, ServerFixture::echo)) {
            server.inFrame(
                    () -> {
                        try (var ws = WebSocketConnection.connect(server.uri("ws", "/"))) {
                            for (int code : new int[] {0, 999, 1005, 1006, 1015, 2000, 5000}) {
                                assertThatThrownBy(() -> ws.close(code, ""))
                                        .isInstanceOf(IllegalArgumentException.class);
                            }
                            assertThatThrownBy(() -> ws.close(1000, "x".repeat(124)))
                                    .isInstanceOf(IllegalArgumentException.class);
                            assertThatThrownBy(() -> ws.ping(new byte[126]))
                                    .isInstanceOf(IllegalArgumentException.class);
                            ws.ping((byte) 1);
                        }
                        assertThatThrownBy(
                                        () ->
                                                WebSocketConnection.connect(
                                                        URI.create("http://localhost/")))
                                .isInstanceOf(IllegalArgumentException.class);
                    });
        }
    }
}
