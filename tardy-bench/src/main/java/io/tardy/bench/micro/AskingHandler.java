package io.tardy.bench.micro;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Promise;

/** Sends a message, and the next one when it has the whole of it back. */
final class AskingHandler extends SimpleChannelInboundHandler<ByteBuf> {

    private final int bytes;
    private final Promise<Void> end;
    private int left;
    private int received;

    AskingHandler(int bytes, int count, Promise<Void> end) {
        this.bytes = bytes;
        this.left = count;
        this.end = end;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ask(context);
    }

    private void ask(ChannelHandlerContext context) {
        ByteBuf message = context.alloc().directBuffer(bytes).writeZero(bytes);
        context.writeAndFlush(message, context.voidPromise());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
        received += message.readableBytes();
        if (received == bytes) {
            received = 0;
            if (--left > 0) {
                ask(context);
            } else {
                end.trySuccess(null);
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end.tryFailure(new IllegalStateException("the peer has closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        end.tryFailure(cause);
        context.close();
    }
}
