package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every client library of HTTP must be able to do with the HTTP of a WebSocket server. */
interface HttpClientContract {

    int ROUNDS = 20;
    int HTTP_BYTES_MAX = 64 * 1024;

    HttpPeer peer() throws Exception;

    /** The server's; some libraries meet another one. */
    default AsyncType transport() {
        return AsyncType.IO_URING;
    }

    /** Where the requests of a test go. */
    record Site(URI root) {
        URI at(String path) {
            return root.resolve(path);
        }
    }

    /** A test's use of the library. */
    @FunctionalInterface
    interface Body {
        void run(HttpPeer peer, Site site) throws Exception;
    }

    private void with(Body body) throws Exception {
        TardyEventLoopGroup group = Transports.group(transport());
        WebSocketServer server =
                WebSocketServer.builder()
                        .group(group)
                        .httpBytesMax(HTTP_BYTES_MAX)
                        .httpHandler(HttpClientContract::answer)
                        .connectionFrame(ws -> ws.close())
                        .build();
        try (HttpPeer peer = peer()) {
            InetSocketAddress address =
                    (InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0));
            URI root = URI.create("http://127.0.0.1:" + address.getPort());
            body.run(peer, new Site(root));
        } finally {
            server.shutdown(Duration.ofSeconds(1), Duration.ofSeconds(5));
            Transports.end(group);
        }
    }

    private static FullHttpResponse answer(FullHttpRequest request) {
        return switch (request.uri()) {
            case "/nothing" -> answer(HttpResponseStatus.NO_CONTENT, "");
            case "/same" -> answer(HttpResponseStatus.NOT_MODIFIED, "");
            default ->
                    answer(
                            HttpResponseStatus.OK,
                            request.method().equals(HttpMethod.POST)
                                    ? request.content().toString(StandardCharsets.UTF_8)
                                    : "the page at " + request.uri());
        };
    }

    private static FullHttpResponse answer(HttpResponseStatus status, String content) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        status,
                        Unpooled.copiedBuffer(content, StandardCharsets.UTF_8));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        return response;
    }

    @Test
    default void pagesAndTheirHeads() throws Exception {
        with(
                (peer, site) -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        String page = "the page at /" + i;
                        assertThat(peer.ask("GET", site.at("/" + i), null, false))
                                .isEqualTo(new HttpPeer.Answer(200, page, page.length()));
                        assertThat(peer.ask("HEAD", site.at("/" + i), null, false))
                                .isEqualTo(new HttpPeer.Answer(200, "", page.length()));
                    }
                });
    }

    @Test
    default void answersWithoutContent() throws Exception {
        with(
                (peer, site) -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        assertThat(peer.ask("GET", site.at("/nothing"), null, false))
                                .isEqualTo(new HttpPeer.Answer(204, "", -1));
                        assertThat(peer.ask("GET", site.at("/same"), null, false))
                                .isEqualTo(new HttpPeer.Answer(304, "", -1));
                        assertThat(peer.ask("GET", site.at("/"), null, false).content())
                                .isEqualTo("the page at /");
                    }
                });
    }

    @Test
    default void contentOfRequests() throws Exception {
        with(
                (peer, site) -> {
                    for (boolean expects : new boolean[] {false, true}) {
                        for (int length : new int[] {0, 1, 1000, HTTP_BYTES_MAX}) {
                            String content = "x".repeat(length);
                            assertThat(peer.ask("POST", site.at("/"), content, expects))
                                    .isEqualTo(new HttpPeer.Answer(200, content, length));
                        }
                    }
                });
    }

    /** The refusal reaches who waits for leave to send; what comes after it is not his content. */
    @Test
    default void moreContentThanIsTaken() throws Exception {
        with(
                (peer, site) -> {
                    String content = "GET /smuggled HTTP/1.1\r\n\r\n".repeat(HTTP_BYTES_MAX / 10);
                    for (int i = 0; i < ROUNDS; i++) {
                        assertThat(peer.ask("POST", site.at("/"), content, true).status())
                                .isEqualTo(413);
                        assertThat(peer.ask("GET", site.at("/next"), null, false).content())
                                .isEqualTo("the page at /next");
                    }
                });
    }
}
