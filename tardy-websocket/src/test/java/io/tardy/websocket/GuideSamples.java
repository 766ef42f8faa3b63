package io.tardy.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The code of {@code docs/websocket.md}, compiled; {@link GuideTest} compares them. */
final class GuideSamples {

    private GuideSamples() {}

    static WebSocketServer serve(TardyEventLoopGroup group) throws IOException {
        WebSocketServer server =
                WebSocketServer.builder()
                        .group(group)
                        .path("/echo")
                        .connectionFrame(
                                ws -> {
                                    for (WebSocketMessage m; (m = ws.receive()) != null; ) {
                                        ws.sendText(m.text());
                                    }
                                })
                        .build();
        server.bind(new InetSocketAddress("127.0.0.1", 0));
        return server;
    }

    static TardyEventLoopGroup group() {
        TardyEventLoopGroup group = new TardyEventLoopGroup();
        return group;
    }

    static void answer(WebSocketConnection ws, WebSocketMessage message) throws IOException {
        switch (message) {
            case WebSocketMessage.Text text -> ws.sendText(text.text());
            case WebSocketMessage.Binary binary -> ws.sendBinary(binary.bytes());
        }
    }

    static String ask(URI uri) throws IOException {
        String answer;
        WebSocketClient client = WebSocketClient.builder().subprotocols("chat.v1").build();
        try (WebSocketConnection ws = client.connect(uri)) {
            ws.sendText("hello");
            answer = ws.receive().text();
        }
        return answer;
    }

    static void broadcast(List<WebSocketConnection> connections) {
        try (WebSocketPayload news = WebSocketPayload.text("to all")) {
            for (WebSocketConnection ws : connections) {
                ws.post(news);
            }
        }
    }

    static void choose(SslContext certificate) {
        WebSocketServer.builder()
                .path("/chat")
                .origin(origin -> "https://chat.example".equals(origin))
                .check(
                        (request, refusal) -> {
                            if (request.headers().contains("Authorization")) {
                                return HttpResponseStatus.SWITCHING_PROTOCOLS;
                            }
                            refusal.set("WWW-Authenticate", "Bearer");
                            return HttpResponseStatus.UNAUTHORIZED;
                        })
                .subprotocols("chat.v1")
                .messageBytesMax(64 * 1024)
                .idleTimeout(Duration.ofSeconds(30))
                .compression(true)
                .ssl(certificate)
                .httpHandler(request -> page());
    }

    private static FullHttpResponse page() {
        throw new UnsupportedOperationException("a page");
    }

    static ServerBootstrap accept(TardyEventLoopGroup group, WebSocketServer server) {
        return new ServerBootstrap()
                .group(group)
                .channel(group.serverSocketChannel())
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                server.accept(channel); // behind your handlers, if there are any
                            }
                        });
    }

    static void end(WebSocketServer server) {
        server.exitOnTermination(Duration.ofSeconds(10), Duration.ofSeconds(15));
    }
}
