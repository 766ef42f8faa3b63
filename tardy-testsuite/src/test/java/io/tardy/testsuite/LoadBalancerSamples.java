package io.tardy.testsuite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.net.ProxyHeader;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.net.TrustedProxies;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/** The code of the page about load balancers. */
final class LoadBalancerSamples {

    private LoadBalancerSamples() {}

    static TrustedProxies proxies() {
        TrustedProxies proxies = TrustedProxies.of("127.0.0.1", "10.0.0.0/8", "unix:");
        return proxies;
    }

    static void serveBehindProxy(Socket listener, TrustedProxies proxies) throws IOException {
        listener.serve(
                proxies.serving(
                        (peer, header) -> {
                            SocketAddress client = header.source();
                            peer.sendAll(ByteBuffer.wrap(("hello " + client).getBytes(UTF_8)));
                        }));
    }

    static TlsSocket securedBehindProxy(Socket peer, TrustedProxies proxies, Tls tls)
            throws IOException {
        ProxyHeader header = proxies.readHeader(peer); // waits, at most 5 s
        if (!header.isProxied()) {
            System.getLogger("checks").log(System.Logger.Level.DEBUG, "the balancer looks in");
        }
        return tls.server(peer);
    }

    static ChannelInitializer<Channel> behindProxy(
            TrustedProxies proxies, Consumer<Channel> handlers, FrameChannelBody body) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(proxies.channelHandler());
                handlers.accept(channel); // an SslHandler, a codec
                FrameChannel.spawn(channel, body);
            }
        };
    }

    static ProxyHeader headerByNetty(FrameChannel frame) throws IOException {
        HAProxyMessage message =
                Deadline.callWithin(Duration.ofSeconds(5), () -> frame.read(HAProxyMessage.class));
        try {
            Channel channel = frame.channel();
            return ProxyHeader.of(message, channel.remoteAddress(), channel.localAddress());
        } finally {
            message.release();
        }
    }

    static InetAddress clientOf(Channel channel, HttpRequest request, TrustedProxies proxies) {
        ProxyHeader header = ProxyHeader.of(channel); // null without the PROXY protocol
        SocketAddress peer = header == null ? channel.remoteAddress() : header.source();
        return proxies.xForwardedFor(peer, request.headers().getAll("X-Forwarded-For"));
    }

    static void answerChecks(TardyRuntime rt, Socket listener, Socket.ConnectionHandler handler) {
        rt.spawnDaemon(
                "checks",
                () -> {
                    for (; ; ) {
                        Socket peer = listener.accept();
                        rt.spawn("check", () -> answerCheck(peer, handler));
                    }
                });
    }

    private static void answerCheck(Socket peer, Socket.ConnectionHandler handler)
            throws IOException {
        try (peer) {
            Deadline.within(Duration.ofSeconds(5), () -> handler.handle(peer));
        }
    }
}
