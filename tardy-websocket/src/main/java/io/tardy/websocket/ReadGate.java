package io.tardy.websocket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Holds reads back while it is shut, for input that must wait for an answer. */
final class ReadGate extends ChannelOutboundHandlerAdapter {

    private enum State {
        OPEN,
        SHUT,

        /** Shut, and a read waits. */
        READ_DEFERRED
    }

    private State state = State.OPEN;

    void shut() {
        if (state == State.OPEN) {
            state = State.SHUT;
        }
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (state == State.OPEN) {
            context.read();
        } else {
            state = State.READ_DEFERRED;
        }
    }

    /** Issues the deferred read. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (state == State.READ_DEFERRED) {
            context.read();
        }
    }
}
