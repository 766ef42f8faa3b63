package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;

/**
 * Checks that text is UTF-8. Netty's validator steps through every byte; a whole message in ASCII
 * passes without that, eight bytes at a time.
 */
final class TextCheck extends Utf8FrameValidator {

    private static final long NOT_ASCII = 0x8080808080808080L;

    TextCheck() {
        super(false); // the session closes
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof TextWebSocketFrame text
                && text.isFinalFragment()
                && isAscii(text.content())) {
            context.fireChannelRead(message);
        } else {
            super.channelRead(context, message);
        }
    }

    private static boolean isAscii(ByteBuf bytes) {
        int index = bytes.readerIndex();
        int end = bytes.writerIndex();
        for (; end - index >= Long.BYTES; index += Long.BYTES) {
            if ((bytes.getLong(index) & NOT_ASCII) != 0) {
                return false;
            }
        }
        for (; index < end; index++) {
            if (bytes.getByte(index) < 0) {
                return false;
            }
        }
        return true;
    }
}
