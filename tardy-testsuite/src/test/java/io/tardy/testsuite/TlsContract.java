package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.connect;
import static io.tardy.testsuite.FrameChannelFixture.echo;
import static io.tardy.testsuite.FrameChannelFixture.inClientFrame;
import static io.tardy.testsuite.FrameChannelFixture.takeText;
import static io.tardy.testsuite.FrameChannelFixture.utf8;
import static io.tardy.testsuite.GroupFixture.clientHere;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.aio.CancelledException;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.PipelineException;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Frames behind TLS. */
@NotSimulated("keys are random, and clients are the JDK's")
interface TlsContract extends FrameChannelFixture {

    /** A server whose frames see what was encrypted. */
    private void withTlsServer(X509Bundle certificate, FrameChannelBody body, ServerBody test)
            throws Exception {
        SslContext tls = serving(certificate);
        withServer(2, ch -> encrypt(ch, tls), body, test);
    }

    private static SslContext serving(X509Bundle certificate) throws SSLException {
        return SslContextBuilder.forServer(
                        certificate.getKeyPair().getPrivate(), certificate.getCertificate())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    private static void encrypt(Channel channel, SslContext tls) {
        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    @Test
    default void tls() throws Exception {
        X509Bundle certificate = certificate();
        SslContext trusting =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(certificate.getCertificate())
                        .endpointIdentificationAlgorithm(null)
                        .build();
        withTlsServer(
                certificate,
                FrameChannelFixture::echo,
                (group, server) -> {
                    inGroupFrame(
                            group,
                            rt -> {
                                int size = 1 << 20;
                                try (FrameChannel client =
                                        connect(rt, group, server, ch -> encrypt(ch, trusting))) {
                                    rt.spawn(() -> client.write(utf8("x".repeat(size))));
                                    int received = 0;
                                    while (received < size) {
                                        received += takeText(client.read(ByteBuf.class)).length();
                                    }
                                    assertThat(received).isEqualTo(size);
                                }
                            });
                    inClientFrame(
                            group,
                            server,
                            FrameChannelFixture::bytes,
                            (rt, plain) -> {
                                plain.write(utf8("this is no handshake\n"));
                                FrameChannelFixture.drain(plain);
                            });
                });
    }

    @Test
    default void aHandshakeThatFailsReachesTheFrame() throws Exception {
        SslContext distrusting = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
        withTlsServer(
                certificate(),
                TlsContract::echoUnlessRefused,
                (group, server) -> {
                    inClientFrame(
                            group,
                            server,
                            ch -> encrypt(ch, distrusting),
                            (rt, client) -> {
                                assertThatThrownBy(client::read)
                                        .isInstanceOf(PipelineException.class)
                                        .cause()
                                        .satisfies(TlsContract::requireTlsFailure);
                            });
                });
    }

    private static void echoUnlessRefused(FrameChannel channel) throws IOException {
        try {
            echo(channel);
        } catch (PipelineException e) {
            // The client says why, and leaves.
        }
    }

    /** Be it the decoder's cause or the handler's own. */
    private static void requireTlsFailure(Throwable cause) {
        assertThat(cause instanceof SSLException || cause.getCause() instanceof SSLException)
                .as("%s", cause)
                .isTrue();
    }

    /** A client of stock handlers: what it received, and how its connection went. */
    final class Recorder extends ChannelInboundHandlerAdapter {
        final StringBuffer seen = new StringBuffer();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            seen.append(takeText((ByteBuf) message));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslCloseCompletionEvent end) {
                seen.append(end.isSuccess() ? ", close_notify" : ", truncated");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            seen.append(", end");
        }
    }

    private static SslContext trusting(X509Bundle certificate, String protocol) throws Exception {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols(protocol)
                .trustManager(certificate.getCertificate())
                .endpointIdentificationAlgorithm(null)
                .build();
    }

    /** How the peer ends its direction. */
    enum End {
        CLOSE_NOTIFY,
        FIN,
        BOTH
    }

    /** Reads to the end of the peer's direction, and then says goodbye. */
    private static FrameChannelBody goodbye(Queue<String> ends) {
        return ch -> {
            try {
                echo(ch);
                ends.add("null");
            } catch (PipelineException e) {
                requireTlsFailure(e.getCause());
                ends.add(e.getCause().getMessage() + " " + e.isPeerGone());
                assertThat(ch.read()).as("again").isNull();
            }
            try {
                ch.writeAndFlush(utf8(" bye"));
            } catch (PipelineException e) {
                assertThat(e.isPeerGone()).as("%s", e).isTrue();
                ends.add("no goodbye");
            } catch (ClosedChannelException e) {
                ends.add("closed");
            }
        };
    }

    private static void awaitUntil(BooleanSupplier condition) throws IOException {
        Deadline.within(
                Duration.ofSeconds(20),
                () -> {
                    while (!condition.getAsBoolean()) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                });
    }

    private static String seenBy(TardyEventLoopGroup group, Channel server, SslContext tls, End end)
            throws Exception {
        Recorder recorder = new Recorder();
        ChannelInitializer<SocketChannel> handlers =
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.config().setAllowHalfClosure(true);
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()), recorder);
                    }
                };
        inGroupFrame(
                group,
                rt -> {
                    Bootstrap bootstrap = clientHere(rt, group.socketChannel(), handlers);
                    SocketChannel channel =
                            (SocketChannel) rt.await(bootstrap.connect(server.localAddress()));
                    rt.await(channel.writeAndFlush(utf8("hello")));
                    awaitUntil(() -> recorder.seen.length() >= 5);
                    if (end != End.FIN) {
                        rt.await(channel.pipeline().get(SslHandler.class).closeOutbound());
                    }
                    if (end != End.CLOSE_NOTIFY) {
                        rt.await(channel.shutdownOutput());
                    }
                    awaitUntil(() -> channel.isInputShutdown());
                    rt.await(channel.close());
                    awaitUntil(() -> recorder.seen.indexOf("end") >= 0);
                });
        return recorder.seen.toString();
    }

    @Test
    default void aCloseNotifyIsTheEndAndGetsOneBack() throws Exception {
        X509Bundle certificate = certificate();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        withTlsServer(
                certificate,
                goodbye(ends),
                (group, server) -> {
                    for (End end : new End[] {End.CLOSE_NOTIFY, End.BOTH}) {
                        // A half-close is one of TLS 1.3 only: before, both sides end at once.
                        assertThat(seenBy(group, server, trusting(certificate, "TLSv1.3"), end))
                                .isEqualTo("hello bye, close_notify, end");
                        assertThat(seenBy(group, server, trusting(certificate, "TLSv1.2"), end))
                                .isEqualTo("hello, close_notify, end");
                    }
                });
        assertThat(ends)
                .containsExactly("null", "null", "no goodbye", "null", "null", "no goodbye");
    }

    /** What the frame did not finish must not look whole. */
    @Test
    default void aFrameThatFailsSaysNoGoodbye() throws Exception {
        X509Bundle certificate = certificate();
        withTlsServer(
                certificate,
                ch -> {
                    ch.read(ByteBuf.class).release();
                    ch.writeAndFlush(utf8("half"));
                    throw new IOException("no more");
                },
                (group, server) -> {
                    for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
                        SslContext tls = trusting(certificate, protocol);
                        inClientFrame(
                                group,
                                server,
                                ch -> encrypt(ch, tls),
                                (rt, client) -> {
                                    client.writeAndFlush(utf8("hello"));
                                    assertThat(takeText(client.read(ByteBuf.class)))
                                            .isEqualTo("half");
                                    assertCut(client);
                                });
                    }
                });
    }

    private static void assertCut(FrameChannel client) {
        assertThatThrownBy(client::read)
                .isInstanceOf(PipelineException.class)
                .cause()
                .hasMessageContaining("without close_notify");
    }

    /** The frame begins behind the handshake, when it is known what the peer speaks. */
    private static void spawnBehindHandshake(Channel channel, Runnable before) {
        channel.pipeline()
                .addLast(
                        new ChannelInboundHandlerAdapter() {
                            @Override
                            public void userEventTriggered(
                                    ChannelHandlerContext context, Object event) {
                                if (event instanceof SslHandshakeCompletionEvent) {
                                    before.run();
                                    FrameChannel.spawn(channel, FrameChannelFixture::echo);
                                }
                                context.fireUserEventTriggered(event);
                            }
                        });
    }

    @Test
    default void aFrameWhoseDecorationFailsSaysNoGoodbye() throws Exception {
        X509Bundle certificate = certificate();
        SslContext tls = serving(certificate);
        SslContext trusting = trusting(certificate, "TLSv1.3");
        AtomicBoolean isBad = new AtomicBoolean(); // the next
        Tardy.Builder failing =
                tardy().frameDecorator(body -> isBad.getAndSet(false) ? () -> refuse() : body)
                        .uncaughtFrame((frame, e) -> {});
        withGroup(
                group(1, failing),
                group -> {
                    Channel server =
                            FrameChannelFixture.serve(
                                    group,
                                    ch -> {
                                        encrypt(ch, tls);
                                        spawnBehindHandshake(ch, () -> isBad.set(true));
                                    },
                                    null);
                    inClientFrame(
                            group,
                            server,
                            ch -> encrypt(ch, trusting),
                            (rt, client) -> assertCut(client));
                });
    }

    private static Object refuse() {
        throw new IllegalStateException("no context");
    }

    /** The body is done; that its last flush is given up cuts nothing. */
    @Test
    default void theLastWordOfACancelledFrameIsSent() throws Exception {
        X509Bundle certificate = certificate();
        SslContext tls = serving(certificate);
        SslContext trusting = trusting(certificate, "TLSv1.3");
        AtomicReference<Frame<?>> serving = new AtomicReference<>();
        FrameChannelBody body =
                ch -> {
                    ch.read(ByteBuf.class).release();
                    serving.get().cancel();
                    try {
                        ch.read();
                    } catch (CancelledException e) {
                        ch.write(utf8("bye"));
                    }
                };
        withServer(
                2,
                ch -> {
                    encrypt(ch, tls);
                    serving.set(FrameChannel.spawn(ch, body));
                },
                null,
                (group, server) ->
                        inClientFrame(
                                group,
                                server,
                                ch -> encrypt(ch, trusting),
                                (rt, client) -> {
                                    client.writeAndFlush(utf8("hello"));
                                    assertThat(takeText(client.read(ByteBuf.class)))
                                            .isEqualTo("bye");
                                    assertThat(client.read()).isNull();
                                }));
    }

    private static void encryptTwice(Channel channel, SslContext tls) {
        encrypt(channel, tls);
        encrypt(channel, tls);
    }

    /** As behind a proxy that is spoken to in TLS too: the end of that is not the peer's. */
    @Test
    default void onlyTheInnermostTlsTellsTheEnd() throws Exception {
        X509Bundle certificate = certificate();
        SslContext tls = serving(certificate);
        SslContext trusting = trusting(certificate, "TLSv1.3");
        FrameChannelBody failing =
                ch -> {
                    ch.writeAndFlush(utf8("half"));
                    throw new IOException("no more");
                };
        FrameChannelBody cutByTheProxy =
                ch -> {
                    ch.writeAndFlush(utf8("half"));
                    ch.channel().pipeline().get(SslHandler.class).closeOutbound();
                    ch.read();
                };
        FrameChannelBody done = ch -> ch.write(utf8("half"));
        for (FrameChannelBody body : List.of(failing, cutByTheProxy, done)) {
            withServer(
                    2,
                    ch -> encryptTwice(ch, tls),
                    body,
                    (group, server) ->
                            inClientFrame(
                                    group,
                                    server,
                                    ch -> encryptTwice(ch, trusting),
                                    (rt, client) -> {
                                        assertThat(takeText(client.read(ByteBuf.class)))
                                                .isEqualTo("half");
                                        if (body == done) {
                                            assertThat(client.read()).isNull();
                                        } else {
                                            assertCut(client);
                                        }
                                    }));
        }
    }

    @Test
    default void anEndWithoutCloseNotifyIsToldApart() throws Exception {
        X509Bundle certificate = certificate();
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        withTlsServer(
                certificate,
                goodbye(ends),
                (group, server) -> {
                    for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
                        assertThat(seenBy(group, server, trusting(certificate, protocol), End.FIN))
                                .isEqualTo("hello bye, close_notify, end");
                        assertThat(ends.poll(20, TimeUnit.SECONDS))
                                .contains("close_notify")
                                .endsWith(" true");
                    }
                    inClientFrame(
                            group,
                            server,
                            FrameChannelFixture::bytes,
                            (rt, silent) -> {
                                rt.await(((SocketChannel) silent.channel()).shutdownOutput());
                                ByteBuf alert = silent.read(ByteBuf.class);
                                if (alert != null) {
                                    alert.release();
                                }
                            });
                    assertThat(ends.poll(20, TimeUnit.SECONDS))
                            .contains("handshake")
                            .endsWith(" true");
                });
    }
}
