package io.tardy.examples.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.tardy.netty.FrameChannel;
import java.io.IOException;

/** The content of a message, which Netty's codec delivers in parts. */
final class WholeMessage {

    private static final int PARTS_MAX = 1024;

    private WholeMessage() {}

    /**
     * What follows a head; the caller releases it. Returns null if the channel has ended before.
     *
     * @throws TooLongHttpContentException if it is longer than this
     * @throws DecoderException if it cannot be decoded
     */
    static ByteBuf content(FrameChannel from, int bytesMax) throws IOException {
        ByteBuf whole = Unpooled.EMPTY_BUFFER;
        boolean isComplete = false;
        try {
            while (!isComplete) {
                HttpContent part = from.read(HttpContent.class);
                if (part == null) {
                    return null;
                }
                whole = join(from, whole, part.content());
                requireLegal(part, whole.readableBytes(), bytesMax);
                isComplete = part instanceof LastHttpContent;
            }
            return whole;
        } finally {
            if (!isComplete) {
                whole.release();
            }
        }
    }

    private static ByteBuf join(FrameChannel from, ByteBuf whole, ByteBuf part) {
        if (!part.isReadable()) {
            part.release();
            return whole;
        }
        if (!whole.isReadable()) {
            return part; // mostly the only one
        }
        CompositeByteBuf joined =
                whole instanceof CompositeByteBuf before
                        ? before
                        : from.channel()
                                .alloc()
                                .compositeBuffer(PARTS_MAX)
                                .addComponent(true, whole);
        return joined.addComponent(true, part);
    }

    private static void requireLegal(HttpContent part, int bytes, int bytesMax) {
        if (bytes > bytesMax) {
            throw new TooLongHttpContentException("longer than " + bytesMax + " bytes");
        }
        if (part.decoderResult().isFailure()) {
            throw new DecoderException(part.decoderResult().cause());
        }
    }
}
