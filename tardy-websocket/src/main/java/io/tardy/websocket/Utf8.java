package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Encodes text. */
final class Utf8 {

    private Utf8() {}

    /**
     * The text in a heap buffer; unpaired surrogates become question marks. The JDK encodes whole
     * arrays at once, where {@code ByteBufUtil.writeUtf8} puts one byte after the other into a
     * direct buffer. Netty's encoder or the transport copies the bytes in either case.
     */
    static ByteBuf encode(CharSequence text) {
        return Unpooled.wrappedBuffer(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
