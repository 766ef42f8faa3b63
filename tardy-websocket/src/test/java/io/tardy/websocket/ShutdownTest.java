package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.aio.AsyncType;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A shutdown loses nothing that was received or sent, whatever the timing. */
@ExtendWith(BufferCheck.class)
class ShutdownTest {

    /** More than the system buffers for a peer that does not read. */
    private static final int LONG_BYTES = 64 * 1024 * 1024;

    private static final int MESSAGE_BYTES = 32 * 1024;

    private static ServerFixture server(
            UnaryOperator<WebSocketServer.Builder> settings, WebSocketBody body) throws Exception {
        return new ServerFixture(AsyncType.AUTO, settings, body);
    }

    /** Begins the shutdown. When this returns, the loop of every connection has its task. */
    private static Thread beginShutdown(WebSocketServer server) {
        Thread shutdown =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        server.shutdown(
                                                ServerFixture.PATIENCE, ServerFixture.PATIENCE));
        long until = System.nanoTime() + ServerFixture.PATIENCE.toNanos();
        while (shutdown.getState() != Thread.State.TIMED_WAITING) {
            assertThat(System.nanoTime() - until).as("late").isNegative();
            // In a frame, Thread.yield or a park would let the loop run.
            Thread.onSpinWait();
        }
        return shutdown;
    }

    private static void awaitLoops(ServerFixture fixture) throws Exception {
        for (var loop : fixture.group()) {
            loop.submit(() -> {}).get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void anAnswerOnItsWayArrivesWhole() throws Exception {
        byte[] body = new byte[LONG_BYTES];
        try (ServerFixture fixture =
                        server(
                                b ->
                                        b.httpHandler(
                                                request ->
                                                        new DefaultFullHttpResponse(
                                                                HttpVersion.HTTP_1_1,
                                                                HttpResponseStatus.OK,
                                                                Unpooled.wrappedBuffer(body))),
                                ServerFixture::echo);
                RawPeer peer = new RawPeer(fixture.port())) {
            peer.send(RawPeer.http("GET / HTTP/1.1", "Host: a"));
            assertThat(peer.readStatus()).isEqualTo("HTTP 200");
            beginShutdown(fixture.server());
            awaitLoops(fixture);
            assertThat(peer.readRest()).isEqualTo(LONG_BYTES);
        }
    }

    /** Sends between the shutdown and the moment when the connection's loop learns of it. */
    @Test
    void aMessageThatASendHasTakenArrives() throws Exception {
        CompletableFuture<WebSocketServer> server = new CompletableFuture<>();
        try (ServerFixture fixture =
                        server(
                                b -> b,
                                ws -> {
                                    ws.receive();
                                    beginShutdown(server.join());
                                    ws.sendText("taken");
                                    ws.receive();
                                });
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            server.complete(fixture.server());
            peer.send(RawPeer.text("now"));
            assertThat(peer.readToEnd()).isEqualTo("text “taken”, close 1001, end");
        }
    }

    /** A send that waits while the connection closes either throws, or its message arrives. */
    @Test
    void asManyMessagesArriveAsSendsHaveTaken() throws Exception {
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Exception> end = new CompletableFuture<>();
        try (ServerFixture fixture =
                        server(
                                b -> b,
                                ws -> {
                                    byte[] message = new byte[MESSAGE_BYTES];
                                    try {
                                        for (; ; ) {
                                            ws.sendBinary(message);
                                            taken.incrementAndGet();
                                        }
                                    } catch (Exception e) {
                                        end.complete(e);
                                    }
                                });
                RawPeer peer = new RawPeer(fixture.port()).upgrade()) {
            awaitStill(taken);
            beginShutdown(fixture.server());
            awaitLoops(fixture);
            String seen = peer.readToEnd();
            assertThat(end.get(20, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
            assertThat(seen)
                    .isEqualTo(taken.get() + " × binary [" + MESSAGE_BYTES + "], close 1001, end");
        }
    }

    /** Returns when the sender waits for its peer. */
    private static void awaitStill(AtomicInteger count) {
        Integer before = null;
        while (!Objects.equals(before, count.get()) || before == 0) {
            before = count.get();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }
}
