package io.tardy.websocket;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.tardy.net.Listener;
import io.tardy.net.TrustedProxies;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.io.InterruptedIOException;
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
 * Serves WebSocket, and plain HTTP on the same port. Each connection has one frame, which runs the
 * handshake and then the session.
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
 * <p>Frames and every thread except a loop's may call the methods. {@link #accept} is for {@code
 * initChannel}.
 */
public final class WebSocketServer {

    private final TardyEventLoopGroup group;
    private final Settings settings;
    private final SslContext ssl;
    private final TrustedProxies proxies;
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
        this.proxies = builder.proxies;
        this.check = new UpgradeCheck(builder.path, builder.origin, builder.check);
        this.subprotocols = builder.subprotocols;
        this.httpHandler = builder.httpHandler;
        this.httpBytesMax = builder.httpBytesMax;
        this.headerBytesMax = builder.headerBytesMax;
        this.headersMax = builder.headersMax;
        this.body = Objects.requireNonNull(builder.body, "connectionFrame");
    }

    /** Returns a builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Listens on one more address. Returns when the socket is bound.
     *
     * @param address an internet address, or a Unix socket's in the type that the group's channels
     *     take
     * @return the bound address, with the chosen port if it was 0
     * @throws IOException if the address cannot be bound
     * @throws IllegalStateException without a group, or after {@link #shutdown}
     */
    public SocketAddress bind(SocketAddress address) throws IOException {
        requireGroup();
        return listen(
                bootstrap()
                        .channel(
                                address instanceof InetSocketAddress
                                        ? group.serverSocketChannel()
                                        : group.serverDomainSocketChannel())
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .bind(address));
    }

    /**
     * Serves one more listener, which is open already: one of systemd's, or of an earlier process.
     *
     * @param listener stays the caller's, to be handed over and closed
     * @return where it listens; null for one of the Unix domain on epoll, as of Netty 4.2.18
     * @throws UnsupportedOperationException if the group's transport takes none, as {@link
     *     Listener#channel} says
     * @throws IllegalStateException without a group, or after {@link #shutdown}
     */
    public @Nullable SocketAddress bind(Listener listener) throws IOException {
        requireGroup();
        ServerChannel channel = listener.channel(group);
        return listen(bootstrap().channelFactory(() -> channel).register());
    }

    /**
     * Accepts no more: closes what {@link #bind} has opened, and waits for that. The connections go
     * on, those that were just accepted too. For a server whose listener another process has taken
     * over; a drain follows.
     */
    public void unbind() throws IOException {
        for (Channel listener : listeners) {
            await(listener.close(), "unbind");
        }
    }

    private void requireGroup() {
        if (group == null) {
            throw new IllegalStateException("bind needs a group: call group(...) on the builder");
        }
        if (shutDown) {
            throw new IllegalStateException("the server is shut down");
        }
    }

    private static void await(ChannelFuture future, String call) throws IOException {
        try {
            future.sync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(call + " was interrupted");
        }
    }

    private @Nullable SocketAddress listen(ChannelFuture opened) throws IOException {
        await(opened, "bind");
        Channel listener = opened.channel();
        listeners.add(listener);
        listener.closeFuture().addListener(closed -> listeners.remove(listener));
        if (shutDown) {
            listener.close();
        }
        return listener.localAddress();
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap()
                .group(group)
                .childHandler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                accept(channel);
                            }
                        });
    }

    /**
     * Serves a channel that another bootstrap has accepted. Call it in {@code initChannel}: the
     * server adds its handlers behind those in the pipeline and starts the frame.
     *
     * @throws IllegalStateException if the channel does not live on a runtime, or if the JVM lacks
     *     the flag that frames need
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
                remove(connection);
            }
        }
        if (shutDown) {
            connection.goAway();
        }
    }

    /** The number of connections, plain HTTP included. */
    public int connections() {
        return connections.size();
    }

    /**
     * Stops the server and waits for its connections to end; {@link TardyEventLoopGroup#drain} does
     * so for all servers of a group, with the group. The server accepts no more connections and
     * answers the HTTP requests that have arrived. Each WebSocket gets everything that was sent and
     * posted, and then a close frame of code 1001; its frame receives nothing more. After {@code
     * grace} the remaining connections are closed and their frames cancelled. After {@code hard}
     * the method returns regardless. The group keeps running.
     *
     * @param grace counts from the call
     * @param hard counts from the call
     * @return whether all connections and their frames have ended
     */
    public boolean shutdown(Duration grace, Duration hard) {
        long began = System.nanoTime();
        shutDown = true;
        listeners.forEach(Channel::close);
        connections.forEach(ServerConnection::goAway);
        completeIfDrained();
        if (!awaitDrained(began, grace)) {
            connections.forEach(ServerConnection::force);
        }
        return awaitDrained(began, hard);
    }

    /**
     * Makes SIGTERM and SIGINT shut this server down like {@link #shutdown} and then end the JVM.
     * The exit status is 0, or 1 if connections were left after {@code hard}. It replaces the
     * handlers of these signals, so it is for processes with one server.
     *
     * @throws IllegalStateException if this JVM does not pass signals on
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
            throw new AssertionError(e); // nothing completes it with a failure
        }
    }

    void remove(ServerConnection connection) {
        connections.remove(connection);
        completeIfDrained();
    }

    private void completeIfDrained() {
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

    /** Null if clients connect without them. */
    TrustedProxies proxies() {
        return proxies;
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

    /** Builds a server. Everything except {@link #connectionFrame} has a default. */
    public static final class Builder extends WebSocketSettings<Builder> {

        private TardyEventLoopGroup group;
        private TrustedProxies proxies;
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

        /** The group whose runtimes serve; {@link WebSocketServer#accept} does not need it. */
        public Builder group(TardyEventLoopGroup group) {
            this.group = group;
            return this;
        }

        /**
         * Each connection begins with a header of the PROXY protocol, by one of these; others are
         * refused ({@link TrustedProxies#channelHandler}). {@link
         * WebSocketConnection#remoteAddress} is whom it names. By default clients connect directly.
         *
         * @throws IllegalStateException without {@code netty-codec-haproxy}
         */
        public Builder proxies(TrustedProxies proxies) {
            proxies.channelHandler(); // fails here, and not for each connection
            this.proxies = proxies;
            return this;
        }

        /**
         * The path that serves WebSocket, without a query; by default every path does. A handshake
         * for another path gets 404.
         */
        public Builder path(String path) {
            this.path = path;
            return this;
        }

        /**
         * The subprotocols that the server speaks. The server chooses the first of the client's
         * list, however many header lines carry it, that is among them. If there is none, the
         * connection has no subprotocol, and the client decides whether to stay.
         */
        public Builder subprotocols(String... subprotocols) {
            this.subprotocols = subprotocols.length == 0 ? null : String.join(",", subprotocols);
            return this;
        }

        /**
         * Decides which origins may connect; by default all. Others get 403. Browsers always name
         * an origin; other programs may not, and then the predicate gets null. It runs in the
         * connection's frame.
         */
        public Builder origin(Predicate<@Nullable String> origin) {
            this.origin = Objects.requireNonNull(origin, "origin");
            return this;
        }

        /**
         * Checks a handshake that is valid otherwise, for instance its headers. The function
         * returns {@code SWITCHING_PROTOCOLS} to accept, or the status of the refusal. It runs in
         * the connection's frame and may wait. If it throws, the client gets 500.
         */
        public Builder check(Function<HttpRequest, HttpResponseStatus> check) {
            Objects.requireNonNull(check, "check");
            return check((request, refusal) -> check.apply(request));
        }

        /**
         * The same for refusals that need headers: a 401 must have {@code WWW-Authenticate} (RFC
         * 9110, section 11.6.1), a redirection {@code Location}. The function sets them on its
         * second argument, which is ignored if it accepts.
         */
        public Builder check(BiFunction<HttpRequest, HttpHeaders, HttpResponseStatus> check) {
            this.check = Objects.requireNonNull(check, "check");
            return this;
        }

        /**
         * Answers requests that are not handshakes. Without a handler they get 426 on the path of
         * WebSocket and 404 elsewhere.
         */
        public Builder httpHandler(HttpHandler httpHandler) {
            this.httpHandler = httpHandler;
            return this;
        }

        /**
         * The longest body of a request; 64 KiB by default. A longer one gets 413 and ends the
         * connection; with a {@code Content-Length}, before the body arrives.
         */
        public Builder httpBytesMax(int httpBytesMax) {
            if (httpBytesMax < 0) {
                throw new IllegalArgumentException("httpBytesMax is negative: " + httpBytesMax);
            }
            this.httpBytesMax = httpBytesMax;
            return this;
        }

        /**
         * The most bytes of a request's headers together, and of its request line; 8 KiB each by
         * default. Longer headers get 431, a longer line gets 414, and either ends the connection.
         */
        public Builder headerBytesMax(int headerBytesMax) {
            this.headerBytesMax = (int) requirePositive(headerBytesMax, "headerBytesMax");
            return this;
        }

        /** The most headers of a request; 200 by default. More get 431. */
        public Builder headersMax(int headersMax) {
            this.headersMax = (int) requirePositive(headersMax, "headersMax");
            return this;
        }

        /** The session that the frame of each connection runs. */
        public Builder connectionFrame(WebSocketBody body) {
            this.body = Objects.requireNonNull(body, "body");
            return this;
        }

        /** Builds the server; it does not listen yet. */
        public WebSocketServer build() {
            return new WebSocketServer(this);
        }
    }
}
