package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.inClientFrame;
import static io.tardy.testsuite.FrameChannelFixture.pipeline;
import static io.tardy.testsuite.FrameChannelFixture.serve;
import static io.tardy.testsuite.FrameChannelFixture.takeText;
import static io.tardy.testsuite.FrameChannelFixture.utf8;
import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.clientHere;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Frames at the end of the pipelines that programs of Netty's really have. */
interface PipelineContract extends FrameChannelFixture {

    @Test
    default void lengthFields() throws Exception {
        Consumer<Channel> handlers =
                channel ->
                        channel.pipeline()
                                .addLast(new LengthFieldBasedFrameDecoder(1 << 16, 0, 2, 0, 2))
                                .addLast(new LengthFieldPrepender(2));
        withClient(
                1,
                handlers,
                FrameChannelFixture::echo,
                (rt, client) -> {
                    for (int length : new int[] {0, 1, 1000, 65_000}) {
                        client.write(utf8("x".repeat(length)));
                        assertThat(takeText(client.read(ByteBuf.class))).hasSize(length);
                    }
                });
    }

    @Test
    default void httpOne() throws Exception {
        withGroup(
                1,
                group -> {
                    FrameChannelBody body =
                            channel -> {
                                for (FullHttpRequest request;
                                        (request = channel.read(FullHttpRequest.class)) != null; ) {
                                    FullHttpResponse response =
                                            new DefaultFullHttpResponse(
                                                    HttpVersion.HTTP_1_1,
                                                    HttpResponseStatus.OK,
                                                    request.content());
                                    HttpUtil.setContentLength(
                                            response, request.content().readableBytes());
                                    channel.write(response);
                                }
                            };
                    Channel server =
                            serve(
                                    group,
                                    ch ->
                                            ch.pipeline()
                                                    .addLast(
                                                            new HttpServerCodec(),
                                                            new HttpObjectAggregator(1 << 16)),
                                    body);
                    inClientFrame(
                            group,
                            server,
                            ch ->
                                    ch.pipeline()
                                            .addLast(
                                                    new HttpClientCodec(),
                                                    new HttpObjectAggregator(1 << 16)),
                            (rt, client) -> {
                                for (int i = 0; i < 20; i++) {
                                    FullHttpRequest request =
                                            new DefaultFullHttpRequest(
                                                    HttpVersion.HTTP_1_1,
                                                    HttpMethod.POST,
                                                    "/",
                                                    utf8("body " + i));
                                    HttpUtil.setContentLength(
                                            request, request.content().readableBytes());
                                    client.write(request);
                                }
                                for (int i = 0; i < 20; i++) {
                                    FullHttpResponse response = client.read(FullHttpResponse.class);
                                    assertThat(takeText(response.content())).isEqualTo("body " + i);
                                }
                            });
                });
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void webSocket() throws Exception {
        FrameChannelBody body =
                channel -> {
                    for (TextWebSocketFrame frame;
                            (frame = channel.read(TextWebSocketFrame.class)) != null; ) {
                        channel.write(new TextWebSocketFrame("echo of " + frame.text()));
                        frame.release();
                    }
                };
        withServer(
                1,
                ch ->
                        ch.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(8192),
                                        new WebSocketServerProtocolHandler("/")),
                body,
                (group, server) -> {
                    int port = ((InetSocketAddress) server.localAddress()).getPort();
                    CompletableFuture<String> answer = new CompletableFuture<>();
                    try (HttpClient http = HttpClient.newHttpClient()) {
                        WebSocket socket =
                                http.newWebSocketBuilder()
                                        .buildAsync(
                                                URI.create("ws://127.0.0.1:" + port + "/"),
                                                new Listener(answer))
                                        .get(patience().toSeconds(), TimeUnit.SECONDS);
                        socket.sendText("hello", true);
                        assertThat(answer.get(patience().toSeconds(), TimeUnit.SECONDS))
                                .isEqualTo("echo of hello");
                        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get();
                        socket.abort();
                    }
                });
    }

    /** Completes with the first text. */
    record Listener(CompletableFuture<String> answer) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            answer.complete(text.toString());
            return null;
        }
    }

    @Test
    default void httpTwoStreams() throws Exception {
        FrameChannelBody answering =
                stream -> {
                    Http2HeadersFrame headers = stream.read(Http2HeadersFrame.class);
                    stream.write(
                            new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                    stream.write(
                            new DefaultHttp2DataFrame(
                                    utf8("you asked for " + headers.headers().path()), true));
                };
        ChannelHandler multiplexing =
                new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        Http2FrameCodecBuilder.forServer().build(),
                                        new Http2MultiplexHandler(pipeline(ch -> {}, answering)));
                    }
                };
        withGroup(
                1,
                group -> {
                    Channel server = bindAnywhere(server(group, multiplexing));
                    inGroupFrame(
                            group,
                            rt -> {
                                Bootstrap bootstrap = httpTwoClient(rt, group);
                                Channel connection =
                                        rt.await(bootstrap.connect(server.localAddress()));
                                for (int i = 0; i < 10; i++) {
                                    assertThat(ask(rt, connection, "/" + i))
                                            .isEqualTo("you asked for /" + i);
                                }
                                rt.await(connection.close());
                            });
                });
    }

    private static Bootstrap httpTwoClient(TardyRuntime rt, TardyEventLoopGroup group) {
        ChannelHandler noPush = pipeline(stream -> {}, null);
        return clientHere(
                rt,
                group.socketChannel(),
                pipeline(
                        channel ->
                                channel.pipeline()
                                        .addLast(
                                                Http2FrameCodecBuilder.forClient().build(),
                                                new Http2MultiplexHandler(noPush)),
                        null));
    }

    private static String ask(TardyRuntime rt, Channel connection, String path) throws Exception {
        Http2StreamChannel channel = rt.await(new Http2StreamChannelBootstrap(connection).open());
        try (FrameChannel stream = FrameChannel.attach(channel)) {
            stream.write(
                    new DefaultHttp2HeadersFrame(
                            new DefaultHttp2Headers()
                                    .method("GET")
                                    .scheme("http")
                                    .authority("localhost")
                                    .path(path),
                            true));
            assertThat(stream.read(Http2HeadersFrame.class).headers().status().toString())
                    .isEqualTo("200");
            return takeText(stream.read(Http2DataFrame.class).content());
        }
    }
}
