package io.tardy.net;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Keeps a server channel that listens already from accepting before its bootstrap has added the
 * handler of what it accepts, which it does in a task behind the registration. Then it goes.
 */
final class FirstRead extends ChannelDuplexHandler {

    private boolean isWanted;

    @Override
    public void read(ChannelHandlerContext context) {
        isWanted = true;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        context.fireChannelRegistered();
        context.channel().eventLoop().execute(() -> end(context));
    }

    private void end(ChannelHandlerContext context) {
        if (isWanted) {
            context.read();
        }
        context.pipeline().remove(this);
    }
}
