package io.tardy.libraries;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A program for a JVM with the agent of OpenTelemetry: an HTTP server on each transport, that asks
 * another server in each way in which a frame can. It ends with its standard input.
 */
final class TracedServer extends ChannelInitializer<Channel> {

    private static final int BODY_MAX = 1024;

    private final TardyEventLoopGroup group;
    private final InetSocketAddress other;

    private TracedServer(TardyEventLoopGroup group, InetSocketAddress other) {
        this.group = group;
        this.other = other;
    }

    public static void main(String[] args) throws Exception {
        InetSocketAddress other = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
        for (AsyncType transport : Groups.transports()) {
            TardyEventLoopGroup group = tracedGroup(transport);
            Channel server =
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverSocketChannel())
                            .childHandler(new TracedServer(group, other))
                            .bind("127.0.0.1", 0)
                            .sync()
                            .channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            System.out.println(transport.name() + " " + port);
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // until the test closes it
        }
        Runtime.getRuntime().halt(0);
    }

    private static TardyEventLoopGroup tracedGroup(AsyncType transport) {
        Tardy tardy =
                Tardy.builder()
                        .async(transport)
                        .frameDecorator(body -> Context.current().wrap(body))
                        .build();
        return TardyEventLoopGroup.builder().tardy(tardy).threads(1).build();
    }

    @Override
    protected void initChannel(Channel channel) {
        RequestContexts contexts = new RequestContexts();
        channel.pipeline()
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(BODY_MAX), contexts);
        FrameChannel.spawn(channel, frame -> serve(frame, contexts));
    }

    private void serve(FrameChannel frame, RequestContexts contexts) throws Exception {
        for (FullHttpRequest request; (request = frame.read(FullHttpRequest.class)) != null; ) {
            String path = request.uri();
            request.release();
            Context context = contexts.next();
            if (path.startsWith("/without")) {
                frame.write(answer(path)); // with what the agent alone does
            } else {
                frame.write(context.wrap(() -> answer(path)).call());
            }
        }
    }

    /** In the context of the request. */
    private FullHttpResponse answer(String path) throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        String trace = Span.current().getSpanContext().getTraceId();
        try (FrameChannel own = connect(rt)) {
            ask(own, path + "/frame");
            ask(own, path + "/again");
        }
        rt.spawn(() -> askAnew(rt, path + "/spawn")).join();
        try (Scope scope = Scope.open()) {
            scope.fork(() -> askAnew(rt, path + "/fork"));
            scope.fork(() -> rt.offload(() -> askBlocking(path + "/offload")));
            scope.join();
        }
        ByteBuf body = Unpooled.copiedBuffer(trace, StandardCharsets.US_ASCII);
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        return answer;
    }

    private FrameChannel connect(TardyRuntime rt) throws IOException {
        Bootstrap client =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(group.socketChannel())
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline()
                                                .addLast(
                                                        new HttpClientCodec(),
                                                        new HttpObjectAggregator(BODY_MAX));
                                    }
                                });
        return FrameChannel.connect(client, other);
    }

    private void askAnew(TardyRuntime rt, String path) throws IOException {
        try (FrameChannel own = connect(rt)) {
            ask(own, path);
        }
    }

    private void ask(FrameChannel own, String path) throws IOException {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        request.headers().set(HttpHeaderNames.HOST, "127.0.0.1:" + other.getPort());
        own.write(request);
        FullHttpResponse answer = own.read(FullHttpResponse.class);
        if (answer == null) {
            throw new IOException("no answer to " + path);
        }
        answer.release();
    }

    /** On a thread of the pool. */
    private Void askBlocking(String path) throws IOException {
        URI uri = URI.create("http://127.0.0.1:" + other.getPort() + path);
        try (InputStream answer = uri.toURL().openStream()) {
            answer.readAllBytes();
        }
        return null;
    }
}
