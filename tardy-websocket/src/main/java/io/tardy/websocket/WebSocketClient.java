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
     * <p>A host may have several addresses; each is tried, as {@link
     * FrameChannel#connect(Bootstrap, String, int)} says, and the one that answers first gets the
     * handshake.
     *
     * @param uri of scheme {@code ws} or {@code wss}; its host is a literal address or a name,
     *     which may have underscores. No certificate holds for such a name: the JDK's TLS refuses
     *     it
     * @throws HandshakeRefusedException if the server refuses, or answers wrongly
     * @throws IOException if the host is unknown, or cannot be connected; if TLS fails; if the
     *     server does not answer, or not in HTTP; if the frame was cancelled; {@link
     *     io.tardy.aio.DeadlineExceededException} if it took longer than the handshake may, or the
     *     frame's deadline
     * @throws IllegalArgumentException if the URI is none of WebSocket
     * @throws IllegalStateException outside of a frame
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
                                gate.shut(); // several may connect, and one is upgraded
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
