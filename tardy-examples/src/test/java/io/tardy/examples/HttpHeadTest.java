package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpHeadTest {

    private static final int BYTES_MAX = 1000;

    @Test
    void aHeadIsTakenOnceItIsWhole() throws Exception {
        String request =
                "\r\n"
                        + "POST / HTTP/1.1\r\n"
                        + "Host: a\r\n"
                        + "Content-Type: text/x\r\n"
                        + "content-length: 7\r\n\r\n";
        for (int i = 0; i < request.length(); i++) {
            assertThat(take(request.substring(0, i))).isNull();
        }
        ByteBuffer more = buffer(request + "body");
        assertThat(HttpHead.take(more))
                .isEqualTo(new HttpHead("POST", "/", "text/x", 7, false, ""));
        assertThat(more.remaining()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1|host:a, false, ''",
        "HEAD / HTTP/1.1|HOST: a|Connection: keep-alive, true, ''",
        "'GET / HTTP/1.1|host:a|Connection: x, Close', false, close",
        "GET / HTTP/1.1|host:a|Connection: keep-alive|Connection: close, false, close",
        "GET / HTTP/1.1|host:a|Connection: enclose, false, ''",
        "GET / HTTP/1.0, false, close",
        "GET / HTTP/1.0|connection: Keep-Alive, false, keep-alive",
        "GET / HTTP/1.0|connection: Keep-Alive|expect: fries, false, keep-alive",
    })
    void theVersionAndTheClientSayWhetherItIsTheLast(
            String lines, boolean isHead, String connection) throws Exception {
        HttpHead head = HttpHead.take(buffer(lines.replace("|", "\r\n") + "\r\n\r\n"));
        assertThat(head.isHead()).isEqualTo(isHead);
        assertThat(head.connection()).isEqualTo(connection);
        assertThat(head.bodyBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "NONSENSE, 400",
        "GET  / HTTP/1.1|host:a, 400",
        "GET /%zz HTTP/1.1|host:a, 400",
        "GET / HTTP/1.1, 400",
        "GET / HTTP/1.1|host:a|host:a, 400",
        "GET / HTTP/1.1|host :a, 400",
        "GET / HTTP/1.1|host:a| folded, 400",
        "GET / HTTP/1.1|host:a|content-length: -1, 400",
        "GET / HTTP/1.1|host:a|content-length: 1|content-length: 2, 400",
        "'POST / HTTP/1.1|host:a|transfer-encoding: gzip, chunked', 501",
        "POST / HTTP/1.1|host:a|transfer-encoding: gzip, 400",
        "GET / HTTP/2.0|host:a, 505",
    })
    void whatIsUnclearIsRefused(String lines, String status) {
        assertThatThrownBy(() -> take(lines.replace("|", "\r\n") + "\r\n\r\n"))
                .isInstanceOf(HttpHead.RefusedException.class)
                .hasMessageStartingWith(status);
    }

    @Test
    void aHeadThatIsTooLongIsRefused() {
        ByteBuffer full =
                ByteBuffer.wrap("GET / HTTP/1.1\r\nhost".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> HttpHead.take(full, full.capacity()))
                .hasMessageStartingWith("431");
        ByteBuffer whole = ByteBuffer.wrap("A\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> HttpHead.take(whole, 4)).hasMessageStartingWith("431");
        ByteBuffer one = ByteBuffer.wrap("GET /tardy".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> HttpHead.take(one, one.capacity())).hasMessageStartingWith("414");
    }

    private static HttpHead take(String text) throws HttpHead.RefusedException {
        return HttpHead.take(buffer(text), BYTES_MAX);
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.allocate(BYTES_MAX).put(text.getBytes(StandardCharsets.US_ASCII)).flip();
    }
}
