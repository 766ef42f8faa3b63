package io.tardy.examples;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tardy.net.TrustedProxies;
import io.tardy.websocket.WebSocketServer;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Option;

/** The options about what stands between the clients and a server of Netty's. */
final class FrontOptions {

    @Option(
            names = "--proxy-from",
            paramLabel = "ADDRESS",
            split = ",",
            description =
                    "Connections come from these load balancers (192.0.2.7, 10.0.0.0/8, unix:), and"
                            + " begin with a header of the PROXY protocol.")
    private String[] proxies;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Speak TLS, with this certificate, in PEM.")
    private Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Its key, in PEM.")
    private Path key;

    private SslContext ssl;

    /** Fails with a sentence if they are wrong; to be called before the server listens. */
    void check() {
        trusted();
        if ((certificate == null) != (key == null)) {
            throw new IllegalStateException("--cert and --key belong together");
        }
        if (certificate != null) {
            ssl = context();
        }
    }

    private SslContext context() {
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile()).build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "no certificate and key in PEM: " + certificate + ", " + key, e);
        }
    }

    private TrustedProxies trusted() {
        return trusted("--proxy-from", proxies);
    }

    /** Of an option; null if it is not given. */
    static TrustedProxies trusted(String option, String... blocks) {
        try {
            return blocks == null ? null : TrustedProxies.of(blocks);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(option + ": " + e.getMessage(), e);
        }
    }

    /** The first handlers of a channel: the header stands before TLS. */
    void addTo(Channel channel) {
        TrustedProxies trusted = trusted();
        if (trusted != null) {
            channel.pipeline().addLast(trusted.channelHandler());
        }
        if (ssl != null) {
            channel.pipeline().addLast(ssl.newHandler(channel.alloc()));
        }
    }

    /** The same for WebSocket. */
    void addTo(WebSocketServer.Builder server) {
        TrustedProxies trusted = trusted();
        if (trusted != null) {
            server.proxies(trusted);
        }
        if (ssl != null) {
            server.ssl(ssl);
        }
    }
}
