package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

/**
 * A connection of a server, from accept to close, and the frame that serves it: HTTP requests
 * first, and after an upgrade the user's session.
 */
final class ServerConnection {

    private final WebSocketServer server;
    private final Settings settings;
    private final Channel channel;
    private final TardyRuntime runtime;
    private final HttpPhase http;
    private final FrameChannel frameChannel;

    private enum Stage {
        HTTP,

        /** The last answer is written; the loop's half closes once it has gone out. */
        LAST_ANSWER,
        WEBSOCKET
    }

    // The runtime's thread.
    private Stage stage = Stage.HTTP;
    private boolean isAnswered;

    /** Not null in {@link Stage#WEBSOCKET}. */
    private WebSocketSession session;

    private volatile Frame<Void> frame;

    /** Call it in {@code initChannel}. */
    ServerConnection(WebSocketServer server, Channel channel) {
        this.server = server;
        this.settings = server.settings();
        this.channel = channel;
        this.runtime = TardyRuntime.of(channel);
        this.http =
                new HttpPhase(
                        channel,
                        runtime,
                        new RequestRules(server.httpBytesMax(), server.headersMax()),
                        settings.closeTimeout());
        ReadGate gate = new ReadGate();
        ChannelPipeline pipeline = channel.pipeline();
        if (server.proxies() != null) {
            pipeline.addLast(server.proxies().channelHandler());
        }
        if (server.ssl() != null) {
            pipeline.addLast(server.ssl().newHandler(channel.alloc()));
        }
        pipeline.addLast(
                new InputEnd(),
                gate,
                new UpgradeRequestDecoder(gate, server.headerBytesMax()),
                new HttpResponseEncoder(),
                http,
                new BodyAggregator(server.httpBytesMax()));
        this.frameChannel = FrameChannel.attach(channel);
    }

    void start() {
        try {
            frame = runtime.spawn("WebSocket " + channel.remoteAddress(), new Serving());
        } catch (Throwable e) {
            frameChannel.close();
            throw e;
        }
    }

    /** Ends the connection once everything is answered or sent. Any thread may call it. */
    void goAway() {
        runOnLoop(
                () -> {
                    if (stage == Stage.WEBSOCKET) {
                        session.goAway();
                    } else {
                        http.goAway();
                    }
                });
    }

    /** Ends the connection at once. Any thread may call it. */
    void force() {
        channel.close();
        Frame<Void> running = frame;
        if (running != null) {
            running.cancel();
        }
    }

    private void runOnLoop(Runnable action) {
        try {
            channel.eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and the channel with it.
        }
    }

    // The frame.

    private final class Serving implements FrameBody, AutoCloseable {

        @Override
        public void run() throws Exception {
            ServerConnection.this.run();
        }

        /** The decorator of frames has failed. */
        @Override
        public void close() {
            frameChannel.close();
            atEndOfChannel(() -> server.remove(ServerConnection.this));
        }
    }

    private void run() throws Exception {
        try {
            WebSocketConnection connection = serveHttp();
            if (connection != null) {
                runBody(connection);
            }
        } catch (ClosedChannelException | PipelineException e) {
            if (!isDisconnect(e)) {
                throw e; // for the handler of uncaught failures
            }
        } finally {
            if (stage == Stage.HTTP) {
                frameChannel.close();
            }
            atEndOfChannel(
                    () -> {
                        frameChannel.close();
                        server.remove(this);
                    });
        }
    }

    /** This connection's peer has gone, and nothing else has failed. */
    private boolean isDisconnect(IOException failure) {
        return failure instanceof PipelineException pipeline
                ? pipeline.isPeerGone() && pipeline.channel() == channel
                : switch (stage) {
                    case HTTP -> !channel.isActive();
                    case LAST_ANSWER -> true;
                    case WEBSOCKET -> !channel.isActive() || session.isClosing();
                };
    }

    private void atEndOfChannel(Runnable action) {
        if (channel.closeFuture().isDone()) {
            action.run(); // a loop that has ended would not notify a listener
        } else {
            channel.closeFuture().addListener(closed -> action.run());
        }
    }

    /** Serves requests until one is upgraded; returns null if the connection ends before. */
    private WebSocketConnection serveHttp() throws Exception {
        boolean isFirst = true;
        for (FullHttpRequest request;
                stage == Stage.HTTP && (request = nextRequest(isFirst)) != null;
                isFirst = false) {
            try {
                WebSocketConnection upgraded = serve(request);
                if (upgraded != null) {
                    return upgraded;
                }
            } finally {
                request.release();
            }
        }
        if (stage == Stage.HTTP) {
            flushInTime(); // the peer sends no more requests, but may wait for answers
        }
        return null;
    }

    private FullHttpRequest nextRequest(boolean isFirst) throws IOException {
        try {
            return Deadline.callWithin(
                    settings.handshakeTimeout(), () -> frameChannel.read(FullHttpRequest.class));
        } catch (DeadlineExceededException e) {
            if (isFirst) {
                refuse(null, HttpResponseStatus.REQUEST_TIMEOUT);
            }
            return null;
        } catch (PipelineException e) {
            if (!isDisconnect(e)) {
                throw e;
            }
            return null; // perhaps only the peer's direction has ended
        }
    }

    /**
     * Serves one request. A failure before there is an answer is answered with 500.
     *
     * @return the connection if the request was upgraded, or null
     */
    private WebSocketConnection serve(FullHttpRequest request) throws Exception {
        isAnswered = false;
        try {
            if (!request.decoderResult().isSuccess()) {
                refuse(request, RequestRules.statusOf(request.decoderResult().cause()));
            } else if (UpgradeCheck.isUpgrade(request)) {
                return upgradeIfAccepted(request);
            } else {
                answer(request);
            }
            return null;
        } catch (Throwable e) {
            if (!isAnswered) {
                refuseAfter(e, request);
            }
            throw e;
        }
    }

    private void refuseAfter(Throwable failure, HttpRequest request) {
        try {
            refuse(request, HttpResponseStatus.INTERNAL_SERVER_ERROR);
        } catch (IOException | RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private WebSocketConnection upgradeIfAccepted(FullHttpRequest request) throws Exception {
        HttpHeaders refusal = new DefaultHttpHeaders();
        HttpResponseStatus status = server.check().statusOf(request, refusal);
        if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            return upgrade(request);
        }
        refuse(request, status, refusal);
        return null;
    }

    /**
     * @param request null if it has not arrived as a whole
     */
    private void refuse(HttpRequest request, HttpResponseStatus status) throws IOException {
        refuse(request, status, EmptyHttpHeaders.INSTANCE);
    }

    /** Answers with this status, and ends the connection. */
    private void refuse(HttpRequest request, HttpResponseStatus status, HttpHeaders more)
            throws IOException {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
            headers.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13")
                    .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        } else if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            headers.set(HttpHeaderNames.ALLOW, HttpMethod.GET);
        }
        for (String name : more.names()) {
            headers.set(name, more.getAll(name));
        }
        send(AnswerForm.of(request, response, false), false);
    }

    private void answer(FullHttpRequest request) throws Exception {
        HttpHandler handler = server.httpHandler();
        if (handler == null) {
            refuse(
                    request,
                    server.check().isPath(request)
                            ? HttpResponseStatus.UPGRADE_REQUIRED
                            : HttpResponseStatus.NOT_FOUND);
            return;
        }
        FullHttpResponse answer =
                Objects.requireNonNull(
                        handler.handle(request), "the httpHandler has returned null");
        boolean keepAlive = HttpUtil.isKeepAlive(request) && !closes(answer);
        FullHttpResponse response;
        try {
            response = AnswerForm.of(request, answer, keepAlive);
        } catch (Throwable e) {
            answer.release();
            throw e;
        }
        send(response, keepAlive);
    }

    private static boolean closes(FullHttpResponse answer) {
        return answer.headers()
                .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    /** Answers; after the last answer has gone out, the loop's half closes. */
    private void send(FullHttpResponse response, boolean keepAlive) throws IOException {
        isAnswered = true;
        frameChannel.write(response);
        if (!keepAlive) {
            stage = Stage.LAST_ANSWER;
            flushInTime();
        }
    }

    private void flushInTime() throws IOException {
        try {
            Deadline.within(settings.closeTimeout(), frameChannel::flush);
        } catch (DeadlineExceededException e) {
            frameChannel.close(); // the peer does not read its answer
        }
    }

    private WebSocketConnection upgrade(FullHttpRequest request) throws Exception {
        ServerUpgrade upgrade = new ServerUpgrade(settings, server.subprotocols(), request);
        WebSocketSession upgraded = new WebSocketSession(channel, settings, true);
        boolean isUpgraded =
                runtime.await(channel.eventLoop().submit(() -> begin(upgrade, upgraded)));
        if (!isUpgraded) {
            refuse(request, HttpResponseStatus.SERVICE_UNAVAILABLE);
            return null;
        }
        return new WebSocketConnection(
                runtime, frameChannel, upgraded, settings, upgrade.handshake());
    }

    /** On the loop; returns false if the connection takes no more requests. */
    private boolean begin(ServerUpgrade upgrade, WebSocketSession upgraded) {
        if (http.isGoingAway() || runtime.isDraining() || !channel.isActive()) {
            return false;
        }
        isAnswered = true;
        upgrade.perform(channel.pipeline(), http, upgraded);
        session = upgraded;
        stage = Stage.WEBSOCKET;
        return true;
    }

    private void runBody(WebSocketConnection connection) throws Exception {
        try {
            server.body().run(connection);
            connection.closeSoon(CloseStatus.NORMAL, "");
        } catch (CancelledException e) {
            connection.closeSoon(CloseStatus.GOING_AWAY, "server shutdown");
            throw e;
        } catch (Throwable e) {
            connection.closeSoon(CloseStatus.INTERNAL_ERROR, "internal error");
            throw e;
        }
    }
}
