package io.tardy.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtension;

/**
 * Where an extension is agreed, Netty's decoder lets all reserved bits pass. permessage-deflate has
 * one of them, on the first frame of a message.
 */
final class ExtensionBits extends ChannelInboundHandlerAdapter {

    private final int legalBits;

    /**
     * @param isCompressed whether permessage-deflate is agreed
     */
    ExtensionBits(boolean isCompressed) {
        this.legalBits = isCompressed ? WebSocketExtension.RSV1 : 0;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof WebSocketFrame frame && (frame.rsv() & ~legalBits(frame)) != 0) {
            frame.release();
            throw new CorruptedWebSocketFrameException(
                    WebSocketCloseStatus.PROTOCOL_ERROR, "reserved bits " + frame.rsv());
        }
        context.fireChannelRead(message);
    }

    private int legalBits(WebSocketFrame frame) {
        return frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame
                ? legalBits
                : 0;
    }
}
