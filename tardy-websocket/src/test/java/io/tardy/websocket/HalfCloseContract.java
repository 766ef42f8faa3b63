package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslContext;
import io.tardy.Frame;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A peer that ends its direction still gets its answers. */
interface HalfCloseContract extends EchoContract {

    /** The loss that this tests for showed in most tries. */
    int TRIES = 20;

    private static String seenAfter(ServerFixture fixture, String[] headers, byte[]... parts)
            throws Exception {
        try (RawPeer peer = new RawPeer(fixture.port()).upgrade(headers)) {
            peer.send(parts);
            peer.shutdownOutput();
            return peer.readToEnd();
        }
    }

    @Test
    default void aMessageACloseAndAnEndInOneGoAreAnswered() throws Exception {
        byte[] one = RawPeer.text("one");
        try (ServerFixture plain = echoServer(b -> b);
                ServerFixture deflating = echoServer(b -> b.compression(true))) {
            String[] deflate = {"Sec-WebSocket-Extensions: permessage-deflate"};
            for (int i = 0; i < TRIES; i++) {
                assertThat(seenAfter(plain, new String[0], one, RawPeer.close(4000)))
                        .isEqualTo("text “one”, close 4000, end");
                assertThat(seenAfter(deflating, deflate, one, RawPeer.close(4000)))
                        .isEqualTo("compressed text “one”, close 4000, end");
            }
        }
    }

    @Test
    default void framesInOneGoWithTheHandshakeAreAnswered() throws Exception {
        byte[] one = RawPeer.text("one");
        try (ServerFixture fixture =
                echoServer(
                        b ->
                                b.check(
                                        request -> {
                                            delay(); // the end arrives meanwhile
                                            return HttpResponseStatus.SWITCHING_PROTOCOLS;
                                        }))) {
            for (int i = 0; i < TRIES; i++) {
                try (RawPeer peer = new RawPeer(fixture.port())) {
                    peer.send(RawPeer.request("/"), one, RawPeer.close(4000));
                    peer.shutdownOutput();
                    assertThat(peer.readStatus()).isEqualTo("HTTP 101");
                    assertThat(peer.readToEnd()).isEqualTo("text “one”, close 4000, end");
                }
            }
        }
    }

    private static void delay() {
        try {
            Frame.delay(Duration.ofMillis(5));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    default void aMessageAndAnEndWithoutACloseAreAnswered() throws Exception {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        try (ServerFixture fixture =
                serverOf(
                        b -> b,
                        ws -> {
                            ServerFixture.echo(ws);
                            code.complete(ws.closeCode());
                        })) {
            for (int i = 0; i < TRIES; i++) {
                assertThat(seenAfter(fixture, new String[0], RawPeer.text("one")))
                        .isEqualTo("text “one”, end");
            }
            assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(1006);
        }
    }

    @Test
    default void aFrameThatDoesNotComeBackIsNotWaitedFor() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        try (ServerFixture fixture =
                serverOf(
                        b -> b.closeTimeout(Duration.ofMillis(300)),
                        ws -> {
                            ws.sendText(ws.receive().text());
                            ws.runtime().await(never);
                        })) {
            assertThat(seenAfter(fixture, new String[0], RawPeer.text("one")))
                    .isEqualTo("text “one”, end");
            never.complete(null);
        }
    }

    private static FullHttpResponse page(FullHttpRequest request) throws Exception {
        Frame.delay(Duration.ofMillis(1)); // frames may wait
        byte[] bytes = new byte[Integer.parseInt(request.uri().substring(1))];
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(bytes));
    }

    @Test
    default void requestsAndAnEndInOneGoAreAnswered() throws Exception {
        int size = 8 << 20; // more than sockets buffer
        byte[] small = RawPeer.http("GET /10 HTTP/1.1", "Host: x");
        byte[] large = RawPeer.http("GET /" + size + " HTTP/1.1", "Host: x");
        try (ServerFixture fixture = echoServer(b -> b.httpHandler(HalfCloseContract::page))) {
            for (int i = 0; i < TRIES; i++) {
                try (RawPeer peer = new RawPeer(fixture.port())) {
                    peer.send(small, small, small);
                    peer.shutdownOutput();
                    for (int answer = 0; answer < 3; answer++) {
                        assertThat(peer.readHead()).startsWith("HTTP/1.1 200 ");
                        peer.skip(10);
                    }
                    assertThat(peer.readRest()).isZero();
                }
            }
            try (RawPeer peer = new RawPeer(fixture.port())) {
                peer.send(large);
                peer.shutdownOutput();
                assertThat(peer.readHead()).startsWith("HTTP/1.1 200 ");
                assertThat(peer.readRest()).isEqualTo(size);
            }
            try (RawPeer peer = new RawPeer(fixture.port())) {
                peer.send(RawPeer.http("GET /no HTTP/9.9", "Host: x"));
                peer.shutdownOutput();
                assertThat(peer.readHead()).startsWith("HTTP/1.1 ");
            }
        }
    }

    @Test
    default void aCloseNotifyIsAnEndToo() throws Exception {
        TestCertificate certificate = new TestCertificate();
        SslContext ssl = certificate.serverSsl();
        CompletableFuture<Integer> code = new CompletableFuture<>();
        try (ServerFixture fixture =
                        serverOf(
                                b -> b.ssl(ssl).httpHandler(HalfCloseContract::page),
                                ws -> {
                                    ServerFixture.echo(ws);
                                    code.complete(ws.closeCode());
                                });
                TlsPeer peer = new TlsPeer(fixture.port(), certificate.bundle());
                TlsPeer other = new TlsPeer(fixture.port(), certificate.bundle())) {
            peer.send(RawPeer.request("/"), RawPeer.text("one"));
            peer.closeNotify();
            String seen = peer.readToEnd();
            assertThat(seen).startsWith("HTTP/1.1 101 ").endsWith("one");
            assertThat(peer.gotCloseNotify()).isTrue();
            assertThat(code.get(20, TimeUnit.SECONDS)).isEqualTo(1006);
            other.send(RawPeer.http("GET /10 HTTP/1.1", "Host: x"));
            other.closeNotify();
            assertThat(other.readToEnd()).startsWith("HTTP/1.1 200 ").hasSizeGreaterThan(20);
            assertThat(other.gotCloseNotify()).isTrue();
        }
    }

    /** RFC 5246, section 7.2.1. */
    @Test
    default void aCloseNotifyOfTls12EndsBothDirections() throws Exception {
        afterCloseNotifyOfTls12(
                peer -> {
                    peer.send(RawPeer.request("/"), RawPeer.text("one"));
                    peer.awaitHead();
                    peer.closeNotify();
                    assertThat(peer.readToEnd()).startsWith("HTTP/1.1 101 ").doesNotContain("one");
                });
    }

    /** An answer that is due when the close_notify comes cannot be sent; all else is as ever. */
    @Test
    default void aCloseNotifyOfTls12MayComeBeforeTheHandshakeIsAnswered() throws Exception {
        afterCloseNotifyOfTls12(
                peer -> {
                    peer.sendWithCloseNotify(RawPeer.request("/"), RawPeer.text("one"));
                    assertThat(peer.readToEnd()).doesNotContain("one");
                });
    }

    /** What a peer of TLS 1.2 does. */
    interface Peer {
        void run(TlsPeer peer) throws IOException;
    }

    private void afterCloseNotifyOfTls12(Peer script) throws Exception {
        TestCertificate certificate = new TestCertificate();
        SslContext ssl = certificate.serverSsl();
        CompletableFuture<String> seen = new CompletableFuture<>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        try (ServerFixture fixture =
                        serverOf(
                                b -> b.ssl(ssl),
                                ws -> {
                                    ws.runtime().await(ended);
                                    try {
                                        seen.complete(receivedAndSent(ws));
                                    } catch (Throwable e) {
                                        seen.completeExceptionally(e);
                                    }
                                });
                TlsPeer peer = new TlsPeer(fixture.port(), certificate.bundle(), "TLSv1.2")) {
            try {
                script.run(peer);
            } finally {
                ended.complete(null); // or the server would wait for it
            }
            assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("one, null 1006, gone");
        }
    }

    private static String receivedAndSent(WebSocketConnection ws) throws IOException {
        String one = ws.receive().text();
        String end = ws.receive() + " " + ws.closeCode();
        try {
            ws.sendText("two");
            ws.flush();
            return one + ", " + end + ", sent";
        } catch (IOException e) {
            boolean isGone =
                    e instanceof ClosedChannelException
                            || e instanceof PipelineException failure && failure.isPeerGone();
            return one + ", " + end + ", " + (isGone ? "gone" : e);
        }
    }

    /** Runs the script on the first connection, and reads it to its end. */
    final class OneServer implements AutoCloseable {

        interface Script {
            void run(Socket socket) throws IOException;
        }

        private final ServerSocket listener =
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Thread thread;

        OneServer(Script script) throws IOException {
            thread =
                    Thread.startVirtualThread(
                            () -> {
                                try (Socket socket = listener.accept()) {
                                    socket.setSoTimeout((int) ServerFixture.PATIENCE.toMillis());
                                    script.run(socket);
                                    socket.getInputStream().readAllBytes();
                                } catch (IOException e) {
                                    // The test checks what arrived.
                                }
                            });
        }

        URI uri() {
            return URI.create("ws://127.0.0.1:" + listener.getLocalPort() + "/");
        }

        @Override
        public void close() throws Exception {
            listener.close();
            thread.join();
        }
    }

    @Test
    default void ourClientDoesNotWaitForAServerThatHasEnded() throws Exception {
        WebSocketClient client =
                WebSocketClient.builder().handshakeTimeout(Duration.ofHours(1)).build();
        try (ServerFixture fixture = echoServer(b -> b);
                OneServer silent = new OneServer(Socket::shutdownOutput);
                WrongServer brief = new WrongServer(new byte[] {(byte) 0x81, 1, 'x'}, true)) {
            fixture.inFrame(
                    () -> {
                        assertThatThrownBy(() -> client.connect(silent.uri()))
                                .isInstanceOf(IOException.class)
                                .hasMessageContaining("the server has ended the connection");
                        try (var ws = client.connect(brief.uri())) {
                            assertThat(ws.receive().text()).isEqualTo("x");
                            assertThat(ws.receive()).isNull();
                            assertThat(ws.closeCode()).isEqualTo(1006);
                        }
                    });
        }
    }
}
