package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtension;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses messages frame by frame (RFC 7692, section 7.2.2). Netty's decoder ignores
 * everything after a block that is marked final, rejects a first fragment that yields no bytes, and
 * does not enforce its limit exactly.
 *
 * <p>A final block ends a deflate stream (RFC 1951, section 3.2.3). The next byte begins another,
 * which does not refer to the one before.
 */
final class MessageInflater extends ChannelInboundHandlerAdapter {

    /** The compressor omits these bytes at the end of a message. */
    private static final byte[] TAIL = {0, 0, -1, -1};

    private static final int ROOM_MIN = 512;
    private static final int ROOM_MAX = 64 * 1024;

    private final boolean takesOver;
    private final int bytesMax;

    /** Null between messages that do not refer to each other. */
    private Inflater inflater;

    /** The next continuation belongs to a compressed message. */
    private boolean inMessage;

    /** At the beginning of a deflate stream. */
    private boolean atStart = true;

    private boolean broken;

    /**
     * @param takesOver whether messages may refer to earlier ones
     * @param bytesMax the longest decompressed frame
     */
    MessageInflater(boolean takesOver, int bytesMax) {
        this.takesOver = takesOver;
        this.bytesMax = bytesMax;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof WebSocketFrame frame) || !isCompressed(frame)) {
            context.fireChannelRead(message);
        } else if (broken) {
            frame.release(); // the connection closes
        } else {
            context.fireChannelRead(inflate(context, frame));
        }
    }

    private boolean isCompressed(WebSocketFrame frame) {
        if (frame instanceof ContinuationWebSocketFrame) {
            return inMessage;
        }
        return (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame)
                && (frame.rsv() & WebSocketExtension.RSV1) != 0;
    }

    private WebSocketFrame inflate(ChannelHandlerContext context, WebSocketFrame frame) {
        ByteBuf out = newBuffer(context, frame.content().readableBytes());
        broken = true; // until it succeeds
        try {
            inflate(frame.content().nioBuffer(), out);
            inMessage = !frame.isFinalFragment();
            if (frame.isFinalFragment()) {
                endMessage(out);
            }
            broken = false;
            return withContent(frame, out);
        } catch (DataFormatException e) {
            throw new CorruptedWebSocketFrameException(
                    WebSocketCloseStatus.INVALID_PAYLOAD_DATA,
                    "the message cannot be decompressed",
                    e);
        } finally {
            frame.release();
            if (broken) {
                out.release();
            }
        }
    }

    /** Has room for one byte more than the limit, which shows an excess. */
    private ByteBuf newBuffer(ChannelHandlerContext context, int compressed) {
        int most = (int) Math.min(bytesMax + 1L, Integer.MAX_VALUE);
        int room = Math.clamp(2L * compressed, ROOM_MIN, ROOM_MAX);
        return context.alloc().buffer(Math.min(room, most), most);
    }

    private void inflate(ByteBuffer in, ByteBuf out) throws DataFormatException {
        if (!in.hasRemaining()) {
            return;
        }
        if (inflater == null) {
            inflater = new Inflater(true);
        }
        atStart = false;
        inflater.setInput(in);
        for (boolean isAll = false; !isAll; ) {
            out.ensureWritable(1);
            ByteBuffer room = out.nioBuffer(out.writerIndex(), out.writableBytes());
            out.writerIndex(out.writerIndex() + inflater.inflate(room));
            if (out.readableBytes() > bytesMax) {
                throw new TooLongFrameException(
                        "decompressed, a frame has more than " + bytesMax + " bytes");
            }
            if (inflater.finished()) {
                inflater.reset();
                inflater.setInput(in);
                atStart = !in.hasRemaining();
                isAll = atStart;
            } else {
                isAll = room.hasRemaining();
            }
        }
    }

    /** At the beginning of a stream there is no block that the omitted tail could end. */
    private void endMessage(ByteBuf out) throws DataFormatException {
        if (!atStart) {
            inflate(ByteBuffer.wrap(TAIL), out);
            atStart = true;
        }
        if (!takesOver) {
            endInflater();
        }
    }

    private static WebSocketFrame withContent(WebSocketFrame frame, ByteBuf content) {
        boolean isFinal = frame.isFinalFragment();
        if (frame instanceof TextWebSocketFrame) {
            return new TextWebSocketFrame(isFinal, 0, content);
        }
        return frame instanceof BinaryWebSocketFrame
                ? new BinaryWebSocketFrame(isFinal, 0, content)
                : new ContinuationWebSocketFrame(isFinal, 0, content);
    }

    private void endInflater() {
        if (inflater != null) {
            inflater.end();
            inflater = null;
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        endInflater();
    }
}
