package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.tardy.FrameDecorator;
import io.tardy.Tardy;
import io.tardy.netty.PipelineException;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Failures reach the handler of uncaught failures; peers that leave are not failures. */
interface FailureContract extends EchoContract {

    /** Fails on command, on the side of the transport. */
    final class Faulty extends ChannelDuplexHandler {

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (contains(message, "break the write")) {
                ReferenceCountUtil.release(message);
                throw new NoClassDefFoundError("on purpose");
            }
            context.write(message, promise);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (contains(message, "break-the-read")) {
                ReferenceCountUtil.release(message);
                throw new IllegalStateException("on purpose");
            }
            context.fireChannelRead(message);
        }

        private static boolean contains(Object message, String text) {
            return message instanceof ByteBuf bytes
                    && bytes.toString(StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    /** A server that keeps its failures. */
    final class Watched implements AutoCloseable {

        final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
        private final TardyEventLoopGroup group;
        private final WebSocketServer server;
        private final int port;

        Watched(
                io.tardy.aio.AsyncType transport,
                FrameDecorator decorator,
                UnaryOperator<WebSocketServer.Builder> settings,
                WebSocketBody body) {
            Tardy tardy =
                    Tardy.builder()
                            .async(transport)
                            .frameDecorator(decorator)
                            .uncaughtFrame((frame, failure) -> failures.add(failure))
                            .build();
            group = TardyEventLoopGroup.builder().threads(1).tardy(tardy).build();
            server =
                    settings.apply(WebSocketServer.builder())
                            .group(group)
                            .connectionFrame(body)
                            .build();
            Channel listener =
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverSocketChannel())
                            .childHandler(
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline().addLast(new Faulty());
                                            server.accept(channel);
                                        }
                                    })
                            .bind(new InetSocketAddress("127.0.0.1", 0))
                            .syncUninterruptibly()
                            .channel();
            port = ((InetSocketAddress) listener.localAddress()).getPort();
        }

        Throwable failure() throws InterruptedException {
            return failures.poll(20, TimeUnit.SECONDS);
        }

        RawPeer peer() throws Exception {
            return new RawPeer(port);
        }

        @Override
        public void close() throws Exception {
            assertThat(server.shutdown(ServerFixture.PATIENCE, ServerFixture.PATIENCE)).isTrue();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
            assertThat(group.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Watched watched(UnaryOperator<WebSocketServer.Builder> settings, WebSocketBody body) {
        return new Watched(transport(), call -> call, settings, body);
    }

    /** It must be forgotten: the server's shutdown waits for its connections. */
    @Test
    default void aConnectionWhoseDecorationFailsIsClosedAndTheServerGoesOn() throws Exception {
        AtomicReference<String> fails = new AtomicReference<>("");
        FrameDecorator decorator =
                call -> {
                    if (fails.get().equals("at once")) {
                        throw new IllegalStateException("on purpose");
                    }
                    return () -> {
                        if (fails.get().equals("in the frame")) {
                            throw new IllegalStateException("on purpose");
                        }
                        return call.call();
                    };
                };
        try (Watched watched = new Watched(transport(), decorator, b -> b, ServerFixture::echo)) {
            for (String when : new String[] {"at once", "in the frame"}) {
                fails.set(when);
                try (RawPeer peer = watched.peer()) {
                    assertThat(peer.readToEnd()).isEqualTo("end");
                }
                assertThat(watched.failure()).hasMessage("on purpose");
            }
            fails.set("");
            try (RawPeer peer = watched.peer().upgrade()) {
                peer.send(RawPeer.text("goes on"));
                assertThat(peer.readFrame()).isEqualTo("text “goes on”");
            }
        }
    }

    @Test
    default void theFrameOfASessionIsDecorated() throws Exception {
        ThreadLocal<String> context = new ThreadLocal<>();
        FrameDecorator decorator =
                call ->
                        () -> {
                            context.set("decorated");
                            return call.call();
                        };
        try (Watched watched =
                        new Watched(
                                transport(),
                                decorator,
                                b -> b,
                                session -> session.sendText(context.get()));
                RawPeer peer = watched.peer().upgrade()) {
            assertThat(peer.readFrame()).isEqualTo("text “decorated”");
        }
    }

    @Test
    default void aBrokenPipelineIsReported() throws Exception {
        try (Watched watched = watched(b -> b, ServerFixture::echo)) {
            try (RawPeer peer = watched.peer().upgrade()) {
                peer.send(RawPeer.text("break the write"));
                assertThat(peer.readToEnd()).isEqualTo("close 1011, end");
            }
            assertThat(watched.failure())
                    .isInstanceOf(PipelineException.class)
                    .hasRootCauseInstanceOf(NoClassDefFoundError.class);
            try (RawPeer peer = watched.peer()) {
                peer.send(RawPeer.http("GET /break-the-read HTTP/1.1", "Host: x"));
                assertThat(peer.readStatus()).isEqualTo("end");
            }
            assertThat(watched.failure()).hasRootCauseInstanceOf(IllegalStateException.class);
            try (RawPeer peer = watched.peer().upgrade()) {
                peer.send(RawPeer.unmasked(RawPeer.TEXT, "break-the-read".getBytes()));
                assertThat(peer.readToEnd()).isEqualTo("close 1011, end");
            }
            assertThat(watched.failure()).hasRootCauseInstanceOf(IllegalStateException.class);
            assertThat(watched.failures).isEmpty();
        }
    }

    @Test
    default void aPostedMessageThatCannotBeWrittenIsReported() throws Exception {
        try (Watched watched =
                        watched(
                                b -> b,
                                ws -> {
                                    ws.post("break the write");
                                    ServerFixture.echo(ws);
                                });
                RawPeer peer = watched.peer().upgrade()) {
            assertThat(peer.readToEnd()).isEqualTo("close 1011, end");
            assertThat(watched.failure()).hasRootCauseInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    default void theEndOfAnotherConnectionIsAFailure() throws Exception {
        try (Watched watched =
                        watched(
                                b -> b,
                                ws -> {
                                    ws.receive();
                                    throw new ClosedChannelException(); // of a database, for
                                    // instance
                                });
                RawPeer peer = watched.peer().upgrade()) {
            peer.send(RawPeer.text("go"));
            assertThat(peer.readToEnd()).isEqualTo("close 1011, end");
            assertThat(watched.failure()).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    default void failuresOfTlsAreReportedButPeersThatLeaveAreNot() throws Exception {
        SslContext ssl = new TestCertificate().serverSsl();
        try (Watched plain = watched(b -> b, ServerFixture::echo);
                Watched secure = watched(b -> b.ssl(ssl), ServerFixture::echo)) {
            plain.peer().close();
            plain.peer().reset();
            plain.peer().upgrade().close();
            plain.peer().upgrade().reset();
            try (RawPeer peer = plain.peer().upgrade()) {
                peer.send(RawPeer.text("one"), new byte[] {(byte) 0x81});
                assertThat(peer.readFrame()).isEqualTo("text “one”");
                peer.reset();
            }
            secure.peer().close();
            secure.peer().reset();
            try (RawPeer peer = secure.peer()) {
                peer.send(RawPeer.http("GET / HTTP/1.1", "Host: x"));
                peer.readRest();
            }
            assertThat(secure.failure()).hasRootCauseInstanceOf(NotSslRecordException.class);
            awaitNoConnections(plain, secure);
            assertThat(plain.failures).isEmpty();
            assertThat(secure.failures).isEmpty();
        }
    }

    private static void awaitNoConnections(Watched... servers) {
        for (Watched watched : servers) {
            assertThat(BufferCheck.await(() -> watched.server.connections() == 0)).isTrue();
        }
    }
}
