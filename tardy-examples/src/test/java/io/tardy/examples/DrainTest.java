package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.EntryFunction;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the peers of a server see that ends in order. */
@Timeout(60)
class DrainTest {

    private static final String GET = "GET / HTTP/1.1\r\nhost: here\r\n\r\n";

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void idlePeersEndAtOnceAndOthersAreToldWithTheirAnswer(AsyncType transport) throws Exception {
        drained(transport, Http::start);
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void soDoThoseOfAGateway(AsyncType transport) throws Exception {
        try (Tardy backend = server(transport);
                Socket listener = Socket.tcp(backend, "127.0.0.1", 0).bind().listen(128)) {
            backend.entryInNewThread(listener, Http::start);
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();
            drained(transport, new Gateway(address, Limits.DEFAULT)::start);
        }
    }

    private static Tardy server(AsyncType transport) {
        return Tardy.builder().async(transport).threading(Threading.multi(2)).build();
    }

    private static void drained(AsyncType transport, EntryFunction<Socket> start) throws Exception {
        try (Tardy tardy = server(transport);
                Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(128)) {
            tardy.entryInNewThread(listener, start);
            try (java.net.Socket idle = connect(listener);
                    java.net.Socket busy = connect(listener)) {
                assertThat(answer(idle, GET)).contains("200 OK").doesNotContain("close");
                assertThat(answer(busy, GET)).contains("200 OK").doesNotContain("close");
                send(busy, GET.substring(0, 10));
                CompletableFuture<Boolean> ended =
                        CompletableFuture.supplyAsync(() -> tardy.drain(Duration.ofSeconds(30)));
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
                assertThat(answer(busy, GET.substring(10)))
                        .contains("200 OK")
                        .containsIgnoringCase("connection: close");
                assertThat(busy.getInputStream().read()).isEqualTo(-1);
                busy.close();
                assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static java.net.Socket connect(Socket listener) throws IOException {
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        java.net.Socket socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void send(java.net.Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Its body is in the same piece, and ends like this. */
    private static String answer(java.net.Socket socket, String request) throws IOException {
        send(socket, request);
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("World!")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("end after: " + answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }
}
