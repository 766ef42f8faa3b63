package io.tardy.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Stops behind a request to upgrade: what follows it is WebSocket and waits, undecoded, until the
 * request was answered. Whoever replaces this handler then gets it.
 */
final class UpgradeRequestDecoder extends HttpRequestDecoder {

    private final ReadGate gate;
    private boolean inUpgrade;
    private boolean stopped;
    private boolean inputEnded;

    /**
     * @param headerBytesMax of the first line, and of the headers
     */
    UpgradeRequestDecoder(ReadGate gate, int headerBytesMax) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(headerBytesMax)
                        .setMaxHeaderSize(headerBytesMax));
        this.gate = gate;
    }

    /** The end waits behind the bytes that wait here; Netty's decoder would drop those. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (stopped && event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        super.handlerRemoved0(context);
        if (inputEnded) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
            throws Exception {
        if (stopped) {
            return;
        }
        int before = out.size();
        super.decode(context, bytes, out);
        for (Object decoded : out.subList(before, out.size())) {
            if (decoded instanceof HttpRequest request) {
                inUpgrade = UpgradeCheck.isUpgrade(request);
            }
            if (inUpgrade && decoded instanceof LastHttpContent) {
                stopped = true;
                gate.shut();
            }
        }
    }
}
