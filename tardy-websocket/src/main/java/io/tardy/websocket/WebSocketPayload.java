package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A message that is encoded once and posted to many connections; may be used by any threads.
 *
 * <pre>{@code
 * try (WebSocketPayload news = WebSocketPayload.text("hello, all")) {
 *     connections.forEach(connection -> connection.post(news));
 * }
 * }</pre>
 *
 * <p>Connections of a server without compression all send the same memory. With compression each
 * compresses it for itself, and a client masks it, as the protocol demands.
 */
public final class WebSocketPayload implements AutoCloseable {

    private static final Encoder ENCODER = new Encoder();

    private final boolean isText;
    private final ByteBuf wire;
    private final int headerBytes;
    private final AtomicBoolean closed = new AtomicBoolean();

    private WebSocketPayload(boolean isText, ByteBuf content) {
        this.isText = isText;
        int bytes = content.readableBytes();
        this.wire = encode(toFrame(isText, content));
        this.headerBytes = wire.readableBytes() - bytes;
    }

    /** A message of text; unpaired surrogates become question marks. */
    public static WebSocketPayload text(CharSequence text) {
        return new WebSocketPayload(true, Utf8.encode(text));
    }

    /** A binary message; the bytes are copied. */
    public static WebSocketPayload binary(byte[] bytes) {
        return new WebSocketPayload(false, Unpooled.wrappedBuffer(bytes));
    }

    /** A binary message; what remains in the buffer is copied, and its position stays. */
    public static WebSocketPayload binary(ByteBuffer bytes) {
        return new WebSocketPayload(false, Unpooled.wrappedBuffer(bytes));
    }

    /** How long the message is, encoded. */
    public int bytes() {
        return wire.writerIndex() - headerBytes;
    }

    /** No more connections will be given it; those that were send it still. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            wire.release();
        }
    }

    /** The frame as a server sends it; the receiver releases it. */
    ByteBuf toWire() {
        requireOpen();
        return wire.retainedDuplicate();
    }

    /** For connections that encode it themselves. */
    WebSocketFrame toFrame() {
        requireOpen();
        return toFrame(isText, wire.retainedSlice(headerBytes, bytes()));
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the payload is closed");
        }
    }

    static WebSocketFrame toFrame(boolean isText, ByteBuf content) {
        return isText ? new TextWebSocketFrame(content) : new BinaryWebSocketFrame(content);
    }

    /** By Netty's encoder; in one piece, for it is written many times. */
    private static ByteBuf encode(WebSocketFrame frame) {
        ByteBuf whole =
                ByteBufAllocator.DEFAULT.directBuffer(
                        frame.content().readableBytes() + OutboundQueue.HEADER_BYTES);
        List<Object> parts = new ArrayList<>(2);
        try {
            ENCODER.encodeTo(parts, frame);
            parts.forEach(part -> whole.writeBytes((ByteBuf) part));
        } finally {
            parts.forEach(ReferenceCountUtil::release);
            frame.release();
        }
        return whole;
    }

    /**
     * Has no state; of its context it uses the allocator only. A channel each time would be dear.
     */
    private static final class Encoder extends WebSocket13FrameEncoder {

        private final ChannelHandlerContext context;

        Encoder() {
            super(false);
            context = new EmbeddedChannel(this).pipeline().context(this);
        }

        void encodeTo(List<Object> parts, WebSocketFrame frame) {
            try {
                encode(context, frame, parts);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
