package io.tardy.websocket;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.net.URI;

/**
 * Connects to WebSocket servers. For the default settings there is {@link
 * WebSocketConnection#connect}. Frames of all runtimes may share one client.
 *
 * <pre>{@code
 * WebSocketClient client = WebSocketClient.builder().subprotocols("chat").build();
 * try (WebSocketConnection ws = client.connect(URI.create("wss://example.org/chat"))) {
 *     ws.sendText("hello");
 * }
 * }</pre>
 */
public final class WebSocketClient {

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

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Connects and waits until the handshake is complete. Call it in a frame; the connection lives
     * on that frame's runtime.
     *
     * <p>If the host has several addresses, they are tried as {@link
     * FrameChannel#connect(Bootstrap, String, int)} describes. The first that answers gets the
     * handshake.
     *
     * @param uri its scheme is {@code ws} or {@code wss}. Its host is a literal address or a name,
     *     possibly with underscores; {@code wss} fails for such a name, because the JDK's TLS
     *     accepts no certificate for it
     * @throws HandshakeRefusedException if the server refuses the handshake or gets it wrong
     * @throws io.tardy.aio.DeadlineExceededException if the handshake takes longer than its timeout
     *     or the frame's deadline
     * @throws io.tardy.aio.CancelledException if the frame is cancelled
     * @throws IOException if the host is unknown or cannot be reached; if TLS fails; if the server
     *     does not answer, or does not speak HTTP
     * @throws IllegalArgumentException if the URI is not a WebSocket URI
     * @throws IllegalStateException outside a frame
     */
    public WebSocketConnection connect(URI uri) throws IOException {
        WebSocketTarget target = WebSocketTarget.of(uri);
        TardyRuntime runtime = TardyRuntime.current();
        return Deadline.callWithin(settings.handshakeTimeout(), () -> connect(runtime, target));
    }

    private WebSocketConnection connect(TardyRuntime runtime, WebSocketTarget target)
            throws IOException {
        SslContext secure = target.isSecure() ? sslContext() : null;
        FrameChannel channel =
                FrameChannel.connect(bootstrap(runtime), target.host(), target.port());
        boolean isDone = false;
        try {
            ClientUpgrade upgrade = begin(channel.channel(), target, secure);
            WebSocketConnection.Handshake handshake = runtime.await(upgrade.done());
            isDone = true;
            return new WebSocketConnection(
                    runtime, channel, upgrade.session(), settings, handshake);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            if (!isDone) {
                channel.close();
            }
        }
    }

    private static Bootstrap bootstrap(TardyRuntime runtime) {
        return new Bootstrap()
                .group(runtime.eventLoop())
                .channel(runtime.channelTypes().socket())
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                ReadGate gate = new ReadGate();
                                gate.shut(); // several addresses may connect; one is upgraded
                                channel.pipeline().addLast(gate);
                            }
                        });
    }

    private ClientUpgrade begin(Channel channel, WebSocketTarget target, SslContext secure) {
        ClientHandshaker handshaker = new ClientHandshaker(target, subprotocols, headers, settings);
        ClientUpgrade upgrade = new ClientUpgrade(channel, target, handshaker, settings);
        channel.eventLoop().execute(() -> upgrade.begin(secure));
        return upgrade;
    }

    private SslContext sslContext() throws IOException {
        return ssl != null ? ssl : SslContextBuilder.forClient().build();
    }

    /** Builds a client. Everything has a default. */
    public static final class Builder extends WebSocketSettings<Builder> {

        private String subprotocols;
        private final HttpHeaders headers = new DefaultHttpHeaders();

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * The subprotocols to ask for, the preferred one first. Connecting fails if the server
         * chooses none of them.
         */
        public Builder subprotocols(String... subprotocols) {
            this.subprotocols = subprotocols.length == 0 ? null : String.join(",", subprotocols);
            return this;
        }

        /** Adds a header to the handshake. */
        public Builder header(CharSequence name, String value) {
            headers.add(name, value);
            return this;
        }

        /** Builds the client. */
        public WebSocketClient build() {
            return new WebSocketClient(this);
        }
    }
}
