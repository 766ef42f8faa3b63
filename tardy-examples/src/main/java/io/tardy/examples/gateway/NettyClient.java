package io.tardy.examples.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.tardy.DrainEvent;
import io.tardy.examples.Health;
import io.tardy.examples.HttpAnswers;
import io.tardy.examples.HttpEnd;
import io.tardy.examples.HttpRefusal;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/** One client of a {@link NettyGateway}. Each method runs on the channel's loop. */
final class NettyClient extends ChannelInboundHandlerAdapter {

    /** What it has asked and nobody works at yet; then nothing more is read. */
    private static final int AHEAD_MAX = 64;

    private final ChannelPool pool;
    private final Limits limits;
    private final String host;
    private final Health health;
    private final ArrayDeque<FullHttpRequest> ahead = new ArrayDeque<>();
    private ChannelHandlerContext context;
    private NettyCall call;
    private boolean hasAnswered; // so that the next request may come, or not
    private boolean isEnding;
    private boolean hasEnded;

    NettyClient(ChannelPool pool, Limits limits, String host, Health health) {
        this.pool = pool;
        this.limits = limits;
        this.host = host;
        this.health = health;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (isEnding) {
            ReferenceCountUtil.release(message);
            return;
        }
        ahead.add((FullHttpRequest) message);
        next();
        context.channel().config().setAutoRead(ahead.size() < AHEAD_MAX);
    }

    private void next() {
        if (call != null || isEnding || !context.channel().isWritable()) {
            return; // not writable: the client does not read what it has been told
        }
        FullHttpRequest request = ahead.poll();
        if (request == null) {
            if (hasEnded) {
                closeAfterAnswers();
            }
            return;
        }
        HttpResponseStatus refusal = HttpRefusal.of(request);
        if (refusal != null) {
            request.release();
            send(Messages.toClient(refusal), HttpHeaderValues.CLOSE);
            return;
        }
        AsciiString connection = HttpAnswers.connection(request, health);
        Health.Answer told = health.answerTo(request.uri());
        if (told != null) {
            request.release();
            answer(Messages.toClient(told), connection);
            return;
        }
        call = new NettyCall(this, context.channel().eventLoop(), pool, limits, host, request);
        call.begin(connection);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext from) {
        next();
    }

    /** The call is over. */
    void answer(FullHttpResponse answer, AsciiString connection) {
        call = null;
        send(answer, connection);
        next();
        context.channel().config().setAutoRead(isEnding || ahead.size() < AHEAD_MAX);
    }

    private void send(FullHttpResponse answer, AsciiString asked) {
        boolean isLast = ahead.isEmpty() && health.isLeaving();
        AsciiString connection = isLast ? HttpHeaderValues.CLOSE : asked;
        hasAnswered = true;
        if (connection != null) {
            answer.headers().set(HttpHeaderNames.CONNECTION, connection);
        }
        if (connection == HttpHeaderValues.CLOSE) {
            isEnding = true;
            context.writeAndFlush(answer).addListener(written -> linger());
        } else {
            context.writeAndFlush(answer, context.voidPromise());
        }
    }

    /** Does the same as {@link HttpEnd}. */
    private void linger() {
        if (!context.channel().isActive()) {
            return;
        }
        context.pipeline().remove(HttpServerCodec.class);
        ((DuplexChannel) context.channel()).shutdownOutput();
        context.executor()
                .schedule(() -> context.close(), HttpEnd.LINGER.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            hasEnded = true;
            if (call == null && ahead.isEmpty()) {
                closeAfterAnswers();
            }
        } else if (event == DrainEvent.INSTANCE && hasAnswered && call == null) {
            closeAfterAnswers();
        }
    }

    private void closeAfterAnswers() {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Nobody waits for an answer any more. */
    void giveUp() {
        isEnding = true;
        for (FullHttpRequest request; (request = ahead.poll()) != null; ) {
            request.release();
        }
        if (call != null) {
            call.giveUp();
            call = null;
        }
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        context.close(); // a client that has gone is not worth reporting
    }
}
