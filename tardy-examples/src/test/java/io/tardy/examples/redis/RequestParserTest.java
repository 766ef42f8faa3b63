package io.tardy.examples.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RequestParserTest {

    private static final String REPLAY =
            "seed %d: ./mvnw test -pl tardy-examples -am -Dtest=RequestParserTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dtardy.seed=%<d";

    private static SplittableRandom random() {
        long seed = Long.getLong("tardy.seed", ThreadLocalRandom.current().nextLong());
        System.out.println(REPLAY.formatted(seed));
        return new SplittableRandom(seed);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private static List<List<String>> all(RequestParser parser, ByteBuffer in)
            throws ProtocolException {
        List<List<String>> requests = new ArrayList<>();
        for (List<String> request; (request = parser.next(in)) != null; ) {
            requests.add(request);
        }
        return requests;
    }

    private static List<List<String>> parsed(String text) throws ProtocolException {
        return all(new RequestParser(), bytes(text));
    }

    /** Each is written as RespWriter does it, or typed, and all are cut into pieces anywhere. */
    @Test
    void whateverThePiecesTheRequestsAreThese() throws Exception {
        SplittableRandom random = random();
        for (int run = 0; run < 300; run++) {
            List<List<String>> requests = new ArrayList<>();
            RespWriter out = new RespWriter();
            for (int i = random.nextInt(1, 20); i > 0; i--) {
                List<String> request = new ArrayList<>();
                if (random.nextInt(4) == 0) {
                    request.addAll(List.of("typed", Integer.toString(random.nextInt())));
                    out.raw((String.join("  ", request) + "\r\n").getBytes(ISO_8859_1));
                } else {
                    for (int n = random.nextInt(1, 6); n > 0; n--) {
                        byte[] content =
                                new byte[random.nextInt(random.nextInt(20) == 0 ? 90_000 : 12)];
                        random.nextBytes(content);
                        request.add(new String(content, ISO_8859_1));
                    }
                    out.request(request);
                }
                out.raw((random.nextInt(5) == 0 ? "\r\n*0\r\n*-1\r\n" : "").getBytes(ISO_8859_1));
                requests.add(request);
            }
            ByteBuffer whole = out.take();
            RequestParser parser = new RequestParser();
            List<List<String>> found = new ArrayList<>();
            int pieceMax = random.nextBoolean() ? 3 : 70_000;
            while (whole.hasRemaining()) {
                int count = Math.min(whole.remaining(), random.nextInt(1, pieceMax + 1));
                ByteBuffer piece = whole.slice(whole.position(), count);
                found.addAll(all(parser, piece));
                assertThat(piece.hasRemaining()).isFalse();
                whole.position(whole.position() + count);
            }
            assertThat(found).isEqualTo(requests);
            assertThat(parser.isBetweenRequests()).isTrue();
            assertThat(parser.heldBytes()).isLessThanOrEqualTo(64);
        }
    }

    /**
     * What is wrong is refused, and nothing else happens; what is begun takes no more than came.
     */
    @Test
    void nonsenseIsRefusedAndTakesNoMemory() {
        SplittableRandom random = random();
        String letters = "*$:+-0123456789\r\n\r\nGETab \u0000\u00ff";
        int refused = 0;
        for (int run = 0; run < 50_000; run++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "*" : "");
            for (int i = random.nextInt(1, 60); i > 0; i--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            RequestParser parser = new RequestParser();
            try {
                for (List<String> request : all(parser, bytes(text.toString()))) {
                    assertThat(request).isNotEmpty();
                }
            } catch (ProtocolException e) {
                assertThat(e.getMessage()).startsWith("ERR Protocol error: ");
                refused++;
            }
            assertThat(parser.heldBytes()).isLessThan(40_000);
        }
        assertThat(refused).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "*2147483647, at most 65536 strings",
        "*65537, at most 65536 strings",
        "*99999999999, is no number",
        "*, is no number",
        "*+1, is no number",
        "*1\\r\\n$16777217, 0 to 16777216 bytes",
        "*1\\r\\n$-1, 0 to 16777216 bytes",
        "*1\\r\\n$x, is no number",
        "*1\\r\\n*1, 'to be a $, not *'",
        "*1\\r\\n:1, 'to be a $, not :'",
        "*1\\r\\n$1\\r\\nab, no end of line",
        "say 'it', no quotes here",
        "POST / HTTP/1.1, this is HTTP",
        "Host: here, this is HTTP"
    })
    void whatIsRefused(String text, String problem) {
        assertThatThrownBy(() -> parsed(text.translateEscapes() + "\r\n"))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "*"})
    void aLineHasAnEnd(String begin) {
        assertThatThrownBy(() -> parsed(begin + "1".repeat(RequestParser.LINE_BYTES_MAX)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("a line is longer");
    }

    @Test
    void aRequestIsBoundedAsAWhole() throws Exception {
        RequestParser parser = new RequestParser();
        assertThat(parser.next(bytes("*3\r\n"))).isNull();
        String large = "$16777216\r\n" + "x".repeat(1 << 24) + "\r\n";
        assertThat(parser.next(bytes(large))).isNull();
        assertThatThrownBy(() -> parser.next(bytes(large)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("a request is longer than 33554432 bytes");
    }

    @Test
    void whatIsAnnouncedTakesNothing() throws Exception {
        RequestParser parser = new RequestParser();
        assertThat(parser.next(bytes("*65536\r\n$16777216\r\n"))).isNull();
        assertThat(parser.heldBytes()).isLessThan(40_000);
    }
}
