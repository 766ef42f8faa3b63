package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.CharsetUtil;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.HttpCase.Server;
import io.tardy.examples.gateway.FrameGateway;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Every server of HTTP that there is here, on one transport. */
final class HttpServers implements AutoCloseable {

    /** The longest body that the library's server takes here. */
    static final int BODY_BYTES_MAX = 1000;

    private final Map<Server, Integer> ports = new EnumMap<>(Server.class);
    private final Map<Server, Long> pageBytes = new EnumMap<>(Server.class);
    private final TardyEventLoopGroup group;
    private final RunningServer library;
    private final RunningServer chat;
    private final Tardy tardy;
    private final Socket listener;
    private final TardyEntry entry;
    private final Tardy gateways;
    private final Socket gatewayListener;
    private final TardyEntry gatewayEntry;

    /**
     * @param root has the page of the server of files
     */
    HttpServers(AsyncType transport, Path root) throws Exception {
        library = new RunningServer(transport, library());
        chat = new RunningServer(transport, new WebSocketChat().server());
        group = TardyEventLoopGroup.builder().threads(2).async(transport).build();
        tardy = Tardy.builder().async(transport).threading(Threading.single()).build();
        listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128);
        entry = tardy.entryInNewThread(listener, Http::start);
        ports.put(Server.LIBRARY, library.port());
        ports.put(Server.CHAT, chat.port());
        Files.writeString(root.resolve("index.html"), "the index");
        ports.put(Server.FILES, GroupServer.bind(group, new HttpFiles(root.toRealPath())));
        ports.put(Server.SOCKETS, ((InetSocketAddress) listener.localAddress()).getPort());
        ports.put(Server.HANDLERS, GroupServer.bind(group, new NettyHttp()));
        ports.put(Server.FRAMES, GroupServer.bind(group, new FrameHttp()));
        InetSocketAddress backend = (InetSocketAddress) listener.localAddress();
        gateways = Tardy.builder().async(transport).threading(Threading.single()).build();
        gatewayListener = Socket.tcp(gateways, "127.0.0.1", 0).bind().listen(128);
        gatewayEntry =
                gateways.entryInNewThread(
                        gatewayListener, new Gateway(backend, Limits.DEFAULT)::start);
        ports.put(Server.GATEWAY, ((InetSocketAddress) gatewayListener.localAddress()).getPort());
        ports.put(
                Server.FRAME_GATEWAY,
                GroupServer.bind(group, new FrameGateway(backend, Limits.DEFAULT)));
        for (Server server : Server.values()) {
            pageBytes.put(server, HttpPeer.contentBytes(ports.get(server), "/"));
        }
    }

    private static WebSocketServer.Builder library() {
        return WebSocketServer.builder()
                .path("/ws")
                .httpBytesMax(BODY_BYTES_MAX)
                .check(HttpServers::check)
                .httpHandler(HttpServers::answer)
                .connectionFrame(
                        ws -> {
                            while (ws.receive() != null) {
                                // until the peer closes
                            }
                        });
    }

    private static HttpResponseStatus check(HttpRequest request, HttpHeaders refusal) {
        refusal.set(HttpHeaderNames.WWW_AUTHENTICATE, "Basic realm=\"all\"");
        if ("fail".equals(request.headers().get(HttpHeaderNames.AUTHORIZATION))) {
            throw new IllegalStateException("on purpose");
        }
        return request.headers().contains(HttpHeaderNames.AUTHORIZATION)
                ? HttpResponseStatus.SWITCHING_PROTOCOLS
                : HttpResponseStatus.UNAUTHORIZED;
    }

    /** Thinks of nothing but its pages, and of those not well. */
    private static FullHttpResponse answer(FullHttpRequest request) {
        String path = new QueryStringDecoder(request.uri()).path();
        return switch (path) {
            case "/" -> text(HttpResponseStatus.OK, "the page");
            case "/204" -> text(HttpResponseStatus.NO_CONTENT, "none at all");
            case "/205" -> text(HttpResponseStatus.RESET_CONTENT, "not empty");
            case "/304" -> text(HttpResponseStatus.NOT_MODIFIED, "");
            case "/304/long" ->
                    with(HttpResponseStatus.NOT_MODIFIED, HttpHeaderNames.CONTENT_LENGTH, "1234");
            case "/103" -> text(HttpResponseStatus.EARLY_HINTS, "");
            case "/fail" -> throw new IllegalStateException("on purpose");
            case "/close" -> with(HttpResponseStatus.OK, HttpHeaderNames.CONNECTION, "close");
            case "/chunked" ->
                    with(HttpResponseStatus.OK, HttpHeaderNames.TRANSFER_ENCODING, "chunked");
            case "/long" ->
                    request.method().equals(HttpMethod.HEAD)
                            ? with(HttpResponseStatus.OK, HttpHeaderNames.CONTENT_LENGTH, "1234")
                            : text(HttpResponseStatus.OK, "x".repeat(1234));
            case "/wrong" -> with(HttpResponseStatus.OK, HttpHeaderNames.CONTENT_LENGTH, "1234");
            default -> text(HttpResponseStatus.NOT_FOUND, "nothing");
        };
    }

    private static FullHttpResponse text(HttpResponseStatus status, String text) {
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, CharsetUtil.UTF_8));
    }

    private static FullHttpResponse with(
            HttpResponseStatus status, CharSequence name, String value) {
        FullHttpResponse page = text(status, "the page");
        HttpHeaders headers = page.headers();
        headers.set(name, value);
        return page;
    }

    int port(Server server) {
        return ports.get(server);
    }

    /**
     * @param pieceBytes how long the pieces are that the peer sends
     */
    String seen(Server server, HttpCase rule, int pieceBytes) throws IOException {
        try (HttpPeer peer = new HttpPeer(ports.get(server), pageBytes.get(server))) {
            return peer.seen(rule.parts(), rule.shown(), pieceBytes);
        }
    }

    @Override
    public void close() throws Exception {
        library.close();
        chat.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        gatewayEntry.stop();
        gatewayEntry.await();
        gatewayListener.close();
        gateways.close();
        entry.stop();
        entry.await();
        listener.close();
        tardy.close();
    }
}
