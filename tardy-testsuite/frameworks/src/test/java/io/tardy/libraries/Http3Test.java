package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3ErrorCode;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;

/** HTTP/3 by Netty's codecs, over datagrams on a group of Tardy's: a frame serves each request. */
@ExtendWith(LeakCheck.class)
class Http3Test {

    private static Channel server(TardyEventLoopGroup group, X509Bundle certificate)
            throws Exception {
        QuicSslContext tls =
                QuicSslContextBuilder.forServer(
                                certificate.getKeyPair().getPrivate(),
                                null,
                                certificate.getCertificate())
                        .applicationProtocols(Http3.supportedApplicationProtocols())
                        .build();
        ChannelHandler codec =
                limits(Http3.newQuicServerCodecBuilder().sslContext(tls))
                        .tokenHandler(InsecureQuicTokenHandler.INSTANCE) // for tests only
                        .handler(new Connection())
                        .build();
        return new Bootstrap()
                .group(group)
                .channel(group.datagramChannel())
                .handler(codec)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    /** A frame for each stream, and so for each request. */
    private static final class Connection extends ChannelInitializer<QuicChannel> {
        @Override
        protected void initChannel(QuicChannel connection) {
            connection
                    .pipeline()
                    .addLast(
                            new Http3ServerConnectionHandler(
                                    new ChannelInitializer<QuicStreamChannel>() {
                                        @Override
                                        protected void initChannel(QuicStreamChannel request) {
                                            FrameChannel.spawn(request, Http3Test::serve);
                                        }
                                    }));
        }
    }

    /** Resets the stream of an answer that fails: its mere end would be the answer's end. */
    private static void serve(FrameChannel frame) throws Exception {
        try {
            answer(frame);
        } catch (Exception e) {
            QuicStreamChannel stream = (QuicStreamChannel) frame.channel();
            stream.shutdown(Http3ErrorCode.H3_INTERNAL_ERROR.code());
            throw e;
        }
    }

    /** Answers when the request is whole. */
    private static void answer(FrameChannel frame) throws Exception {
        String path = "";
        for (Object message; (message = frame.read()) != null; ) {
            if (message instanceof Http3HeadersFrame headers) {
                path = headers.headers().path().toString();
            }
            ReferenceCountUtil.release(message);
        }
        String status = "200";
        String text;
        try {
            text = page(path);
        } catch (IOException e) {
            status = "500";
            text = "it failed"; // the client need not know more; a log should
        }
        ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
        DefaultHttp3HeadersFrame headers = new DefaultHttp3HeadersFrame();
        headers.headers().status(status).setInt("content-length", content.readableBytes());
        frame.write(headers);
        frame.write(new DefaultHttp3DataFrame(content));
        check(path);
    }

    private static String page(String path) throws IOException {
        Frame.delay(Duration.ofMillis(1)); // or wait for others
        if (path.equals("/fails")) {
            throw new IOException("on purpose");
        }
        if (path.equals("/never")) {
            Frame.delay(Duration.ofDays(1));
        }
        return "a frame at " + path;
    }

    /** Fails behind an answer that has begun. */
    private static void check(String path) throws IOException {
        if (path.equals("/half")) {
            Frame.delay(Duration.ofMillis(1));
            throw new IOException("on purpose");
        }
    }

    private static <B extends QuicCodecBuilder<B>> B limits(B codec) {
        return codec.maxIdleTimeout(5, TimeUnit.SECONDS)
                .initialMaxData(1 << 20)
                .initialMaxStreamDataBidirectionalLocal(1 << 18)
                .initialMaxStreamDataBidirectionalRemote(1 << 18)
                .initialMaxStreamsBidirectional(100);
    }

    private static QuicChannel connect(TardyEventLoopGroup group, SocketAddress server)
            throws Exception {
        QuicSslContext tls =
                QuicSslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .applicationProtocols(Http3.supportedApplicationProtocols())
                        .build();
        Channel datagrams =
                new Bootstrap()
                        .group(group)
                        .channel(group.datagramChannel())
                        .handler(limits(Http3.newQuicClientCodecBuilder().sslContext(tls)).build())
                        .bind(new InetSocketAddress("127.0.0.1", 0))
                        .sync()
                        .channel();
        return QuicChannel.newBootstrap(datagrams)
                .handler(new Http3ClientConnectionHandler())
                .remoteAddress(server)
                .connect()
                .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static String get(QuicChannel connection, String path) throws Exception {
        return ask(connection, path).get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static CompletableFuture<String> ask(QuicChannel connection, String path)
            throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        QuicStreamChannel stream =
                Http3.newRequestStream(
                                connection,
                                new ChannelInitializer<QuicStreamChannel>() {
                                    @Override
                                    protected void initChannel(QuicStreamChannel request) {
                                        FrameChannel.spawn(request, frame -> take(frame, body));
                                    }
                                })
                        .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(stream.eventLoop()).isSameAs(connection.eventLoop());
        DefaultHttp3HeadersFrame request = new DefaultHttp3HeadersFrame();
        request.headers().method("GET").path(path).scheme("https").authority("localhost");
        stream.writeAndFlush(request).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
        return body;
    }

    private static void take(FrameChannel frame, CompletableFuture<String> body) {
        try {
            body.complete(response(frame));
        } catch (Exception e) {
            body.completeExceptionally(e);
        }
    }

    /** The end of the stream, or of its connection, is not yet the end of the answer. */
    private static String response(FrameChannel frame) throws IOException {
        Http3Headers head = null;
        StringBuilder text = new StringBuilder();
        for (Object message; (message = frame.read()) != null; ) {
            if (message instanceof Http3HeadersFrame headers) {
                head = headers.headers();
            } else if (message instanceof Http3DataFrame data) {
                text.append(data.content().toString(StandardCharsets.US_ASCII));
            }
            ReferenceCountUtil.release(message);
        }
        if (head == null || head.getInt("content-length", -1) != text.length()) {
            throw new EOFException("the connection ended before the answer: " + text);
        }
        return head.status() + " " + text;
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyEventLoopGroup group, Channel server, QuicChannel connection)
                throws Exception;
    }

    private static void withConnection(AsyncType transport, Body body) throws Exception {
        Assumptions.assumeTrue(Quic.isAvailable(), "Netty's QUIC is not for this machine");
        Groups.withGroup(
                2,
                transport,
                group -> {
                    X509Bundle certificate =
                            new CertificateBuilder()
                                    .subject("CN=localhost")
                                    .setIsCertificateAuthority(true)
                                    .buildSelfSigned();
                    Channel server = server(group, certificate);
                    QuicChannel connection = connect(group, server.localAddress());
                    body.run(group, server, connection);
                    connection.close().sync();
                    connection.parent().close().sync();
                    server.close().sync();
                });
    }

    @OnEachTransport
    void framesServeRequests(AsyncType transport) throws Exception {
        withConnection(
                transport,
                (group, server, connection) -> {
                    for (int i = 0; i < 20; i++) {
                        assertThat(get(connection, "/" + i)).isEqualTo("200 a frame at /" + i);
                    }
                    assertThat(TardyRuntime.of(connection.parent()).eventLoop())
                            .isSameAs(connection.eventLoop());
                    assertThat(group).contains(server.eventLoop(), connection.eventLoop());
                });
    }

    /** Before its answer has begun, and behind that; the connection goes on. */
    @OnEachTransport
    void theClientHearsOfAFrameThatFails(AsyncType transport) throws Exception {
        withConnection(
                transport,
                (group, server, connection) -> {
                    assertThat(get(connection, "/fails")).isEqualTo("500 it failed");
                    assertThatThrownBy(() -> get(connection, "/half"))
                            .isInstanceOf(ExecutionException.class)
                            .rootCause()
                            .isInstanceOf(QuicStreamResetException.class);
                    assertThat(get(connection, "/after")).isEqualTo("200 a frame at /after");
                });
    }

    /** Who waits for an answer hears of it when the connection has been idle long enough. */
    @OnEachTransport
    void theClientHearsOfAServerThatIsGone(AsyncType transport) throws Exception {
        withConnection(
                transport,
                (group, server, connection) -> {
                    assertThat(get(connection, "/first")).isEqualTo("200 a frame at /first");
                    CompletableFuture<String> body = ask(connection, "/never");
                    SocketAddress address = server.localAddress();
                    server.close().sync();
                    assertThatThrownBy(() -> body.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .cause()
                            .isInstanceOf(EOFException.class);
                    assertThatThrownBy(() -> connect(group, address))
                            .isInstanceOf(ExecutionException.class);
                });
    }
}
