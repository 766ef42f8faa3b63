package io.tardy.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A server of WebSocket, and of plain HTTP on the same port. Each connection has one frame, which
 * runs the handshake and then the session.
 *
 * <pre>{@code
 * WebSocketServer server = WebSocketServer.builder()
 *         .group(group)
 *         .path("/echo")
 *         .connectionFrame(ws -> {
 *             for (WebSocketMessage message; (message = ws.receive()) != null; ) {
 *                 ws.sendText(message.text());
 *             }
 *         })
 *         .build();
 * server.bind(new InetSocketAddress("127.0.0.1", 8080));
 * }</pre>
 *
 * <p>All methods may be called from any thread but a loop's, and from frames; {@link #accept} is
 * for {@code initChannel}.
 */
public final class WebSocketServer {

    private final TardyEventLoopGroup group;
    private final Settings settings;
    private final SslContext ssl;
    private final UpgradeCheck check;
    private final String subprotocols;
    private final HttpHandler httpHandler;
    private final int httpBytesMax;
    private final int headerBytesMax;
    private final int headersMax;
    private final WebSocketBody body;

    private final Set<Channel> listeners = ConcurrentHashMap.newKeySet();
    private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean shutDown;

    private WebSocketServer(Builder builder) {
        this.group = builder.group;
        this.settings = builder.settings();
        this.ssl = builder.ssl();
        this.check = new UpgradeCheck(builder.path, builder.origin, builder.check);
        this.subprotocols = builder.subprotocols;
        this.httpHandler = builder.httpHandler;
        this.httpBytesMax = builder.httpBytesMax;
        this.headerBytesMax = builder.headerBytesMax;
        this.headersMax = builder.headersMax;
        this.body = Objects.requireNonNull(builder.body, "connectionFrame");
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Listens at one more address, and waits until it does.
     *
     * @param address of the internet; or of a Unix socket, in the type that the group's channels
     *     want
     * @return the address, with the port that was chosen if it was 0
     * @throws IOException if it cannot be bound
     * @throws IllegalStateException without a group, or after {@link #shutdown}
     */
    public SocketAddress bind(SocketAddress address) throws IOException {
        if (group == null) {
            throw new IllegalStateException("to bind, a server needs a group");
        }
        if (shutDown) {
            throw new IllegalStateException("the server is shut down");
        }
        Channel listener;
        try {
            listener = bootstrap(address).bind(address).sync().channel();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("bind was interrupted");
        }
        listeners.add(listener);
        listener.closeFuture().addListener(closed -> listeners.remove(listener));
        if (shutDown) {
            listener.close();
        }
        return listener.localAddress();
    }

    private ServerBootstrap bootstrap(SocketAddress address) {
        return new ServerBootstrap()
                .group(group)
                .channel(
                        address instanceof InetSocketAddress
                                ? group.serverSocketChannel()
                                : group.serverDomainSocketChannel())
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                accept(channel);
                            }
                        });
    }

    /**
     * Serves a channel that was accepted elsewhere: call it in {@code initChannel}. The server puts
     * its handlers behind those that are in the pipeline, and starts the frame.
     *
     * @throws IllegalStateException if the channel lives on no runtime, or if the JVM lacks the
     *     flag that frames need
     */
    public void accept(Channel channel) {
        if (shutDown) {
            channel.close();
            return;
        }
        ServerConnection connection = new ServerConnection(this, channel);
        connections.add(connection);
        boolean isStarted = false;
        try {
            connection.start();
            isStarted = true;
        } finally {
            if (!isStarted) {
                ended(connection);
            }
        }
        if (shutDown) {
            connection.goAway();
        }
    }

    /** How many connections there are, those of plain HTTP included. */
    public int connections() {
        return connections.size();
    }

    /**
     * Ends the server and waits for it. It stops to accept; requests of HTTP that have arrived are
     * answered, and what was sent and posted to WebSockets goes out before their close frame of
     * code 1001, after which their frames receive no more. Whoever has not ended after {@code
     * grace} is closed and his frame is cancelled; after {@code hard} nobody is waited for. The
     * group goes on.
     *
     * @param grace from the call on
     * @param hard from the call on
     * @return whether every connection and its frame has ended
     */
    public boolean shutdown(Duration grace, Duration hard) {
        long began = System.nanoTime();
        shutDown = true;
        listeners.forEach(Channel::close);
        connections.forEach(ServerConnection::goAway);
        tellIfDrained();
        if (!awaitDrained(began, grace)) {
            connections.forEach(ServerConnection::force);
        }
        return awaitDrained(began, hard);
    }

    /**
     * From now on SIGTERM and SIGINT shut this server down, as {@link #shutdown} does, and then end
     * the JVM: with status 0, or with 1 if not all had ended after {@code hard}. For a process of
     * one server; the signals' handlers are replaced.
     *
     * @throws IllegalStateException if this JVM hands out no signals
     */
    public void exitOnTermination(Duration grace, Duration hard) {
        Termination.onSignal(() -> System.exit(shutdown(grace, hard) ? 0 : 1));
    }

    private boolean awaitDrained(long began, Duration deadline) {
        long left = TimeUnit.NANOSECONDS.convert(deadline) - (System.nanoTime() - began);
        try {
            drained.get(Math.max(left, 0), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e); // nobody fails it
        }
    }

    void ended(ServerConnection connection) {
        connections.remove(connection);
        tellIfDrained();
    }

    private void tellIfDrained() {
        if (shutDown && connections.isEmpty()) {
            drained.complete(null);
        }
    }

    Settings settings() {
        return settings;
    }

    SslContext ssl() {
        return ssl;
    }

    UpgradeCheck check() {
        return check;
    }

    String subprotocols() {
        return subprotocols;
    }

    HttpHandler httpHandler() {
        return httpHandler;
    }

    int httpBytesMax() {
        return httpBytesMax;
    }

    int headerBytesMax() {
        return headerBytesMax;
    }

    int headersMax() {
        return headersMax;
    }

    WebSocketBody body() {
        return body;
    }

    /** Collects options. Every one but the frame has a default. */
    public static final class Builder extends WebSocketSettings<Builder> {

        private TardyEventLoopGroup group;
        private String path;
        private String subprotocols;
        private Predicate<String> origin = any -> true;
        private BiFunction<HttpRequest, HttpHeaders, HttpResponseStatus> check =
                (any, refusal) -> HttpResponseStatus.SWITCHING_PROTOCOLS;
        private HttpHandler httpHandler;
        private int httpBytesMax = 64 * 1024;
        private int headerBytesMax = 8 * 1024;
        private int headersMax = 200;
        private WebSocketBody body;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** Whose runtimes serve; {@link WebSocketServer#accept} needs none. */
        public Builder group(TardyEventLoopGroup group) {
            this.group = group;
            return this;
        }

        /**
         * Where WebSocket is served, without the query; default everywhere. Elsewhere a handshake
         * is answered with 404.
         */
        public Builder path(String path) {
            this.path = path;
            return this;
        }

        /**
         * The subprotocols that are spoken; the first of the client's that is among them is chosen,
         * in however many header lines they came. If none is, the connection has none, and the
         * client decides.
         */
        public Builder subprotocols(String... subprotocols) {
            this.subprotocols = subprotocols.length == 0 ? null : String.join(",", subprotocols);
            return this;
        }

        /**
         * Which origins may connect; default all. Asked with null where the client names none, as
         * programs do; browsers always name one. Others get 403. Runs in the connection's frame.
         */
        public Builder origin(Predicate<@Nullable String> origin) {
            this.origin = Objects.requireNonNull(origin, "origin");
            return this;
        }

        /**
         * Looks at a handshake that is right in all else, at its headers for instance. Answers
         * {@code SWITCHING_PROTOCOLS} to agree, or the status to refuse with. Runs in the
         * connection's frame, and may wait; what it throws is answered with 500.
         */
        public Builder check(Function<HttpRequest, HttpResponseStatus> check) {
            Objects.requireNonNull(check, "check");
            return check((request, refusal) -> check.apply(request));
        }

        /**
         * The same for a refusal that needs headers: a 401 must have {@code WWW-Authenticate} (RFC
         * 9110, section 11.6.1), a redirection {@code Location}. The headers are those of the
         * refusal, and are forgotten if there is none.
         */
        public Builder check(BiFunction<HttpRequest, HttpHeaders, HttpResponseStatus> check) {
            this.check = Objects.requireNonNull(check, "check");
            return this;
        }

        /**
         * Answers requests that are no handshake. Without it they get 426, or 404 where WebSocket
         * is not served.
         */
        public Builder httpHandler(HttpHandler httpHandler) {
            this.httpHandler = httpHandler;
            return this;
        }

        /**
         * The longest body of a request; default 64 KiB. A longer one gets 413 and the end of the
         * connection, before it has come where {@code Content-Length} announces it.
         */
        public Builder httpBytesMax(int httpBytesMax) {
            if (httpBytesMax < 0) {
                throw new IllegalArgumentException("httpBytesMax is negative: " + httpBytesMax);
            }
            this.httpBytesMax = httpBytesMax;
            return this;
        }

        /**
         * The longest headers of a request, all together, and its longest first line; default 8 KiB
         * each. More gets 431, a longer line 414, and the end of the connection.
         */
        public Builder headerBytesMax(int headerBytesMax) {
            this.headerBytesMax = (int) requirePositive(headerBytesMax, "headerBytesMax");
            return this;
        }

        /** How many headers a request may have; default 200. More get 431. */
        public Builder headersMax(int headersMax) {
            this.headersMax = (int) requirePositive(headersMax, "headersMax");
            return this;
        }

        /** What the frame of each connection does. */
        public Builder connectionFrame(WebSocketBody body) {
            this.body = Objects.requireNonNull(body, "body");
            return this;
        }

        /** Makes the server, which listens nowhere yet. */
        public WebSocketServer build() {
            return new WebSocketServer(this);
        }
    }
}
