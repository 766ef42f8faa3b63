package io.tardy.net;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer says of a connection that it passes on: a header of the <a
 * href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">PROXY protocol</a>, version 1
 * or 2. {@link TrustedProxies} reads it. Immutable, for any thread.
 */
public final class ProxyHeader {

    private static final AttributeKey<ProxyHeader> KEY =
            AttributeKey.valueOf(ProxyHeader.class, "header");

    private record Tlv(int type, byte[] value) {}

    private final int version;
    private final boolean isProxied;
    private final @Nullable SocketAddress source;
    private final @Nullable SocketAddress destination;
    private final List<Tlv> tlvs;

    private ProxyHeader(
            int version,
            boolean isProxied,
            @Nullable SocketAddress source,
            @Nullable SocketAddress destination,
            List<Tlv> tlvs) {
        this.version = version;
        this.isProxied = isProxied;
        this.source = source;
        this.destination = destination;
        this.tlvs = tlvs;
    }

    /**
     * What Netty's decoder has decoded, for pipelines that have it themselves. The message is not
     * released.
     *
     * @param remote of the connection, for a header without addresses
     * @param local of the connection, likewise
     * @throws IllegalArgumentException if an address of the message is none
     */
    @SuppressWarnings("exports") // who has such a message requires its module
    public static ProxyHeader of(
            HAProxyMessage message, @Nullable SocketAddress remote, @Nullable SocketAddress local) {
        int version = message.protocolVersion() == HAProxyProtocolVersion.V1 ? 1 : 2;
        AddressFamily family = message.proxiedProtocol().addressFamily();
        boolean isProxied =
                message.command() == HAProxyCommand.PROXY && family != AddressFamily.AF_UNSPEC;
        return new ProxyHeader(
                version,
                isProxied,
                isProxied ? address(family, message.sourceAddress(), message.sourcePort()) : remote,
                isProxied
                        ? address(family, message.destinationAddress(), message.destinationPort())
                        : local,
                message.tlvs().stream().map(ProxyHeader::copy).toList());
    }

    private static Tlv copy(HAProxyTLV tlv) {
        return new Tlv(tlv.typeByteValue() & 0xff, ByteBufUtil.getBytes(tlv.content()));
    }

    private static @Nullable SocketAddress address(AddressFamily family, String text, int port) {
        if (family == AddressFamily.AF_UNIX) {
            return text.isEmpty() ? null : UnixDomainSocketAddress.of(text);
        }
        InetAddress address = AddressBlock.literal(text);
        if (address == null) {
            throw new IllegalArgumentException("'" + text + "' is no address");
        }
        return new InetSocketAddress(address, port);
    }

    /**
     * What {@link TrustedProxies#channelHandler} has read on this channel; null before that, and
     * without it. The handlers behind it may ask from their first message on.
     */
    public static @Nullable ProxyHeader of(Channel channel) {
        return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
    }

    void attachTo(Channel channel) {
        channel.attr(KEY).set(this);
    }

    /** 1 or 2. */
    public int version() {
        return version;
    }

    /**
     * Whether the proxy passes somebody's connection on. If not ({@code LOCAL}, {@code UNKNOWN}) it
     * speaks for itself, as in a health check, or does not know: then {@link #source} and {@link
     * #destination} are the ends of this connection.
     */
    public boolean isProxied() {
        return isProxied;
    }

    /** Who has connected to the proxy; null of a Unix socket without a name. */
    public @Nullable SocketAddress source() {
        return source;
    }

    /** Where it has connected to; null of a Unix socket without a name. */
    public @Nullable SocketAddress destination() {
        return destination;
    }

    /**
     * What version 2 says more, such as the name that a client of TLS has asked for (type 2) or the
     * proxy's number of the connection (type 5): section 2.2 of the protocol. Checksums (type 3)
     * are not checked. Parts of others, of type 0x20, are found like these.
     *
     * @param type 0 to 255
     * @return a copy of the first one of this type, or null
     */
    public byte @Nullable [] tlv(int type) {
        for (Tlv tlv : tlvs) {
            if (tlv.type() == type) {
                return tlv.value().clone();
            }
        }
        return null;
    }

    /** In one line of ASCII, whatever the addresses are. */
    @Override
    public String toString() {
        return "PROXY v"
                + version
                + (isProxied
                        ? " from "
                                + ProxyException.line(String.valueOf(source))
                                + " to "
                                + ProxyException.line(String.valueOf(destination))
                        : " of the proxy's own");
    }
}
