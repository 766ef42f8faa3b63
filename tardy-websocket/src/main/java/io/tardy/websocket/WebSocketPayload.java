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
 * A message that is encoded once and posted to many connections. Any thread may use it.
 *
 * <pre>{@code
 * try (WebSocketPayload news = WebSocketPayload.text("hello, all")) {
 *     connections.forEach(connection -> connection.post(news));
 * }
 * }</pre>
 *
 * <p>The connections of a server without compression share one buffer. With compression each
 * connection compresses the message itself. A client masks it each time, as the protocol requires.
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

    /** A text message. Unpaired surrogates become question marks. */
    public static WebSocketPayload text(CharSequence text) {
        return new WebSocketPayload(true, Utf8.encode(text));
    }

    /** A binary message. Copies the bytes. */
    public static WebSocketPayload binary(byte[] bytes) {
        return new WebSocketPayload(false, Unpooled.wrappedBuffer(bytes));
    }

    /** A binary message. Copies the remaining bytes and leaves the position. */
    public static WebSocketPayload binary(ByteBuffer bytes) {
        return new WebSocketPayload(false, Unpooled.wrappedBuffer(bytes));
    }

    /** The length of the message in bytes; text counts in UTF-8. */
    public int bytes() {
        return wire.writerIndex() - headerBytes;
    }

    /** Ends posting. Connections to which it was posted still send it. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            wire.release();
        }
    }

    /** The frame as a server sends it. The caller releases it. */
    ByteBuf toWire() {
        requireOpen();
        return wire.retainedDuplicate();
    }

    /** The frame for a connection that encodes it itself. The caller releases it. */
    WebSocketFrame toFrame() {
        requireOpen();
        return toFrame(isText, wire.retainedSlice(headerBytes, bytes()));
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("the payload is closed: post it before close()");
        }
    }

    static WebSocketFrame toFrame(boolean isText, ByteBuf content) {
        return isText ? new TextWebSocketFrame(content) : new BinaryWebSocketFrame(content);
    }

    /** Encodes with Netty's encoder, into one buffer because it is written many times. */
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
     * One encoder serves all threads: it has no state and uses only the allocator of its context. A
     * channel for each message would be expensive.
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
