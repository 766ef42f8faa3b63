package io.tardy.examples;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.tardy.net.ProxyHeader;
import io.tardy.net.TrustedProxies;
import java.net.InetAddress;
import java.net.SocketAddress;

/** Who asks, behind load balancers that say so in the PROXY protocol or in X-Forwarded-For. */
final class HttpClientAddress {

    /** Trusts none. */
    static final TrustedProxies NOBODY = TrustedProxies.of();

    private HttpClientAddress() {}

    /**
     * @param forwarders whose X-Forwarded-For is believed
     */
    static InetAddress of(Channel channel, HttpRequest request, TrustedProxies forwarders) {
        ProxyHeader header = ProxyHeader.of(channel); // null without the PROXY protocol
        SocketAddress peer = header == null ? channel.remoteAddress() : header.source();
        return forwarders.xForwardedFor(peer, request.headers().getAll("X-Forwarded-For"));
    }
}
