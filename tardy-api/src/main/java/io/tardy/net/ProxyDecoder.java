package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.tardy.net.ProxyException.Kind;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder of whole headers. That library is optional: call nothing else here before {@link
 * #requireThere}.
 */
final class ProxyDecoder {

    private static final boolean THERE = isThere();

    private ProxyDecoder() {}

    private static boolean isThere() {
        try {
            String name = "io.netty.handler.codec.haproxy.HAProxyMessageDecoder";
            Class.forName(name, false, ProxyDecoder.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    static void requireThere() {
        if (!THERE) {
            throw new IllegalStateException(
                    "the PROXY protocol needs Netty's decoder: add io.netty:netty-codec-haproxy,"
                            + " and on the module path requires io.netty.codec.haproxy");
        }
    }

    /**
     * Decodes a header that is here as a whole.
     *
     * @param from of which so many bytes are taken
     */
    static ProxyHeader decode(
            ByteBuf from, int count, @Nullable SocketAddress remote, @Nullable SocketAddress local)
            throws ProxyException {
        // Netty keeps parts of what it has decoded, also when it refuses the rest: a copy that is
        // nobody's but the collector's.
        byte[] header = new byte[count];
        from.readBytes(header);
        EmbeddedChannel decoding = new EmbeddedChannel(new HAProxyMessageDecoder());
        try {
            decoding.writeInbound(Unpooled.wrappedBuffer(header));
            HAProxyMessage message = decoding.readInbound();
            if (message == null || decoding.inboundMessages().size() > 0) {
                throw ProxyException.of(Kind.ILLEGAL, "it sent an illegal header");
            }
            try {
                return ProxyHeader.of(message, remote, local);
            } finally {
                message.release();
            }
        } catch (RuntimeException e) { // of the decoder, for what it finds wrong in whatever way
            throw ProxyException.illegal(e.getCause() == null ? e : e.getCause());
        } finally {
            decoding.close();
        }
    }
}
