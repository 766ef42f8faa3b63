package io.tardy.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What is lost must not pass for what has not begun. */
class HttpReplyTest {

    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

    private static HttpReply read(String bytes) throws IOException {
        return HttpReply.read(new ByteArrayInputStream(bytes.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void aWholeAnswerIsRead() throws Exception {
        HttpReply reply = read(ANSWER);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.isLast()).isTrue();
        assertThat(read(ANSWER.replace("hello", "hallo")).checksum())
                .isNotEqualTo(reply.checksum());
        assertThat(read(ANSWER.replace("Connection: close\r\n", "")).isLast()).isFalse();
    }

    @Test
    void everyAnswerThatBreaksOffIsTruncated() {
        for (int length = 1; length < ANSWER.length(); length++) {
            String begun = ANSWER.substring(0, length);
            assertThatThrownBy(() -> read(begun))
                    .as(begun)
                    .isInstanceOf(HttpReply.TruncatedException.class);
        }
        assertThatThrownBy(() -> read("")).isInstanceOf(EOFException.class);
    }
}
