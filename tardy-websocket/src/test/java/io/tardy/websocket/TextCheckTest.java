package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The shortcut for ASCII lets nothing else pass. */
class TextCheckTest {

    private static final int BYTES_MAX = 20;

    private final EmbeddedChannel channel = new EmbeddedChannel(new TextCheck());

    private static byte[] ascii(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'a');
        return bytes;
    }

    private static TextWebSocketFrame text(byte[] bytes) {
        return new TextWebSocketFrame(Unpooled.wrappedBuffer(bytes));
    }

    private Object received() {
        return channel.readInbound();
    }

    @Test
    void asciiOfEveryLengthPasses() {
        for (int length = 0; length <= BYTES_MAX; length++) {
            TextWebSocketFrame frame = text(ascii(length));
            channel.writeInbound(frame);
            assertThat(received()).isSameAs(frame);
        }
    }

    @Test
    void otherTextPassesWhereItIsUtf8() {
        for (int index = 0; index < BYTES_MAX; index++) {
            String text = "a".repeat(index) + "é" + "a".repeat(BYTES_MAX - index);
            TextWebSocketFrame frame = text(text.getBytes(StandardCharsets.UTF_8));
            channel.writeInbound(frame);
            assertThat(received()).isSameAs(frame);
        }
    }

    @Test
    void oneByteThatIsNotUtf8FailsWhereverItStands() {
        for (int index = 0; index < BYTES_MAX; index++) {
            byte[] bytes = ascii(BYTES_MAX);
            bytes[index] = (byte) 0xc3;
            assertThatThrownBy(() -> channel.writeInbound(text(bytes)))
                    .as("at %d", index)
                    .isInstanceOf(CorruptedWebSocketFrameException.class);
            assertThat(received()).isNull();
        }
    }

    @Test
    void aMessageInFragmentsIsCheckedAsOne() {
        channel.writeInbound(
                new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(new byte[] {(byte) 0xc3})),
                new ContinuationWebSocketFrame(
                        true, 0, Unpooled.wrappedBuffer(new byte[] {(byte) 0xa9})));
        assertThat(channel.inboundMessages()).hasSize(2);
        channel.releaseInbound();
        channel.writeInbound(new TextWebSocketFrame(false, 0, Unpooled.wrappedBuffer(ascii(3))));
        assertThatThrownBy(
                        () ->
                                channel.writeInbound(
                                        new ContinuationWebSocketFrame(
                                                true,
                                                0,
                                                Unpooled.wrappedBuffer(new byte[] {(byte) 0xc3}))))
                .isInstanceOf(CorruptedWebSocketFrameException.class);
        channel.releaseInbound();
    }
}
