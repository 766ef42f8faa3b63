package io.tardy.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.channels.ClosedChannelException;

/**
 * Tells Netty's resolver that a name server has closed its connection, for which it would otherwise
 * wait until the time for an answer is over.
 */
final class DnsConnectionEnd extends ChannelInboundHandlerAdapter {

    /** In front of each message is its length: RFC 1035, section 4.2.2. */
    private static final int LENGTH_BYTES = 2;

    private int length;
    private int lengthBytesSeen;
    private int bytesSeen;

    /** Whether a whole message has come. */
    boolean hasAnswered() {
        return lengthBytesSeen == LENGTH_BYTES && bytesSeen >= length;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf data = (ByteBuf) message;
        int index = data.readerIndex();
        while (lengthBytesSeen < LENGTH_BYTES && index < data.writerIndex()) {
            length = length << Byte.SIZE | data.getUnsignedByte(index++);
            lengthBytesSeen++;
        }
        bytesSeen += data.writerIndex() - index;
        context.fireChannelRead(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        context.fireExceptionCaught(new ClosedChannelException());
        context.fireChannelInactive();
    }
}
