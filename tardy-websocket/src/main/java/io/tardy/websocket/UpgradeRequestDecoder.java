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
 * Stops behind a request to upgrade. What follows is WebSocket and stays here, undecoded, until the
 * request is answered; the handler that replaces this one receives it.
 */
final class UpgradeRequestDecoder extends HttpRequestDecoder {

    private enum State {
        HTTP,

        /** Within a request to upgrade. */
        UPGRADE,

        /** Behind it. */
        STOPPED,

        /** Behind it; the peer's direction has ended, and the next handler does not know yet. */
        STOPPED_AT_END
    }

    private final ReadGate gate;
    private State state = State.HTTP;

    /**
     * @param headerBytesMax for the request line, and for all headers together
     */
    UpgradeRequestDecoder(ReadGate gate, int headerBytesMax) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(headerBytesMax)
                        .setMaxHeaderSize(headerBytesMax));
        this.gate = gate;
    }

    private boolean isStopped() {
        return state == State.STOPPED || state == State.STOPPED_AT_END;
    }

    /** Keeps the end behind the bytes that wait here, which Netty's decoder would drop. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (isStopped() && event instanceof ChannelInputShutdownEvent) {
            state = State.STOPPED_AT_END;
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        super.handlerRemoved0(context);
        if (state == State.STOPPED_AT_END) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
            throws Exception {
        if (isStopped()) {
            return;
        }
        int before = out.size();
        super.decode(context, bytes, out);
        for (Object decoded : out.subList(before, out.size())) {
            if (decoded instanceof HttpRequest request) {
                state = UpgradeCheck.isUpgrade(request) ? State.UPGRADE : State.HTTP;
            }
            if (state == State.UPGRADE && decoded instanceof LastHttpContent) {
                state = State.STOPPED;
                gate.shut();
                return;
            }
        }
    }
}
