package io.tardy.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Reads nothing while it is shut: what waits for an answer needs no more input. */
final class ReadGate extends ChannelOutboundHandlerAdapter {

    private boolean shut;
    private boolean readAsked;

    void shut() {
        shut = true;
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (shut) {
            readAsked = true;
        } else {
            context.read();
        }
    }

    /** Its last deed is the read that it has kept back. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (readAsked) {
            context.read();
        }
    }
}
