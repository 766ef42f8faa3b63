package io.tardy.websocket;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketClientExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateClientExtensionHandshaker;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * Connects to servers of WebSocket, with settings; {@link WebSocketConnection#connect} is the same
 * without. Frames of all runtimes may use one client.
 *
 * <pre>{@code
 * WebSocketClient client = WebSocketClient.builder().subprotocols("chat").build();
 * try (WebSocketConnection ws = client.connect(URI.create("wss://example.org/chat"))) {
 *     ws.sendText("hello");
 * }
 * }</pre>
 */
public final class WebSocketClient {

    /** Of an answer that refuses: its body, which nobody sees. */
    private static final int ANSWER_BYTES_MAX = 64 * 1024;

    private final Settings settings;
    private final SslContext ssl;
    private final String subprotocols;
    private final HttpHeaders headers;

    private WebSocketClient(Builder builder) {
        this.settings = builder.settings();
        this.ssl = builder.ssl();
        this.subprotocols = builder.subprotocols;
        this.headers = builder.headers.copy();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Connects and waits for the end of the handshake; in a frame, whose runtime the connection
     * then lives on.
     *
     * @param uri of scheme {@code ws} or {@code wss}
     * @throws HandshakeRefusedException if the server refuses
     * @throws IOException if it cannot be connected; if the frame was cancelled; {@link
     *     io.tardy.aio.DeadlineExceededException} if it took longer than the handshake may, or the
     *     frame's deadline
     * @throws IllegalArgumentException if the URI is none of WebSocket
     * @throws IllegalStateException outside of a frame
     */
    public WebSocketConnection connect(URI uri) throws IOException {
        boolean isSecure = "wss".equalsIgnoreCase(uri.getScheme());
        if (uri.getHost() == null || !isSecure && !"ws".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("not a URI of ws or wss: " + uri);
        }
        TardyRuntime runtime = TardyRuntime.current();
        ClientUpgrade upgrade = new ClientUpgrade(handshaker(uri), settings);
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(runtime.eventLoop())
                        .channel(runtime.channelTypes().socket())
                        .handler(initializer(uri, isSecure ? sslContext() : null, upgrade));
        return Deadline.within(
                settings.handshakeTimeout(), () -> connect(runtime, bootstrap, uri, upgrade));
    }

    private WebSocketConnection connect(
            TardyRuntime runtime, Bootstrap bootstrap, URI uri, ClientUpgrade upgrade)
            throws IOException {
        FrameChannel channel = null;
        boolean isDone = false;
        try {
            InetAddress host = runtime.offload(() -> InetAddress.getByName(uri.getHost()));
            channel = FrameChannel.connect(bootstrap, new InetSocketAddress(host, port(uri)));
            WebSocketConnection.Handshake handshake = runtime.await(upgrade.done());
            isDone = true;
            return new WebSocketConnection(
                    runtime, channel, upgrade.session(), settings, handshake);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            if (channel != null && !isDone) {
                channel.close();
            }
        }
    }

    private static int port(URI uri) {
        if (uri.getPort() != -1) {
            return uri.getPort();
        }
        return "wss".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    }

    private SslContext sslContext() throws IOException {
        return ssl != null ? ssl : SslContextBuilder.forClient().build();
    }

    private ChannelInitializer<Channel> initializer(
            URI uri, SslContext secure, ClientUpgrade upgrade) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                ChannelPipeline pipeline = channel.pipeline();
                if (secure != null) {
                    pipeline.addLast(secure.newHandler(channel.alloc(), uri.getHost(), port(uri)));
                }
                pipeline.addLast(new InputEnd());
                pipeline.addLast(new HttpClientCodec(), new HttpObjectAggregator(ANSWER_BYTES_MAX));
                if (settings.compression()) {
                    pipeline.addLast(
                            new WebSocketClientExtensionHandler(
                                    new PerMessageDeflateClientExtensionHandshaker(
                                            SessionHandlers.inflateBytesMax(settings))));
                }
                pipeline.addLast(upgrade);
            }
        };
    }

    private WebSocketClientHandshaker handshaker(URI uri) {
        WebSocketDecoderConfig config = SessionHandlers.decoderConfig(settings, false, true);
        return new WebSocketClientHandshaker13(
                uri,
                WebSocketVersion.V13,
                subprotocols,
                true,
                headers,
                settings.frameBytesMax(),
                true,
                false,
                0) {
            @Override
            protected WebSocketFrameDecoder newWebsocketDecoder() {
                return new WebSocket13FrameDecoder(config);
            }
        };
    }

    /** Collects options. Every one has a default. */
    public static final class Builder extends WebSocketSettings<Builder> {

        private String subprotocols;
        private final HttpHeaders headers = new DefaultHttpHeaders();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * The subprotocols to ask for, the best first; a server that chooses none of them is not
         * connected to.
         */
        public Builder subprotocols(String... subprotocols) {
            this.subprotocols = subprotocols.length == 0 ? null : String.join(",", subprotocols);
            return this;
        }

        /** One more header of the handshake. */
        public Builder header(CharSequence name, String value) {
            headers.add(name, value);
            return this;
        }

        /** Makes the client. */
        public WebSocketClient build() {
            return new WebSocketClient(this);
        }
    }
}
