package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tardy.DrainEvent;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.time.Duration;

/**
 * The loop's half of a plain HTTP connection, right behind the codec. It decides which request is
 * the last of the connection, drops everything behind that, and closes after its answer. A request
 * that is refused before its body has arrived is the last one, so an announced body is never taken
 * for a request.
 *
 * <p>It answers nothing itself, because answers to earlier requests may be due. A refused request
 * goes on to the frame as one that cannot be decoded. After an upgrade a session replaces this
 * handler.
 */
final class HttpPhase extends ChannelDuplexHandler {

    private final Channel channel;
    private final TardyRuntime runtime;
    private final RequestRules rules;
    private final Duration linger;

    private enum Input {
        BETWEEN_REQUESTS,
        IN_REQUEST,
        IN_LAST_REQUEST,

        /** Whatever arrives is dropped. */
        OVER;

        boolean isWithinRequest() {
            return this == IN_REQUEST || this == IN_LAST_REQUEST;
        }

        boolean takesRequests() {
            return this == BETWEEN_REQUESTS || this == IN_REQUEST;
        }
    }

    private Input input = Input.BETWEEN_REQUESTS;
    private int unanswered;
    private boolean hasAnswered;
    private boolean isGoingAway;

    /** The peer waits for status 100 before it sends the body, and earlier answers are due. */
    private boolean isContinueDue;

    HttpPhase(Channel channel, TardyRuntime runtime, RequestRules rules, Duration linger) {
        this.channel = channel;
        this.runtime = runtime;
        this.rules = rules;
        this.linger = linger;
    }

    /** Takes no more requests, and closes once those that have arrived are answered. */
    void goAway() {
        isGoingAway = true;
        if (unanswered > 0) {
            return;
        }
        if (hasAnswered) {
            // The last answer may still be on its way, in the channel or in the kernel.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::closeAfter);
        } else {
            channel.close();
        }
    }

    private void closeAfter(Future<?> sent) {
        LingeringClose.begin(channel, linger);
    }

    boolean isGoingAway() {
        return isGoingAway;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean isRefused = false;
        if (message instanceof HttpRequest request && input.takesRequests() && !isGoingAway) {
            isRefused = isRefused(request);
            begin(request, isRefused);
            sendContinue(context);
        }
        if (!input.isWithinRequest()) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (isRefused || message instanceof LastHttpContent) {
            input = input == Input.IN_REQUEST ? Input.BETWEEN_REQUESTS : Input.OVER;
            isContinueDue = false;
        }
        context.fireChannelRead(message);
    }

    private void begin(HttpRequest request, boolean isRefused) {
        unanswered++;
        boolean isLast = isRefused || !HttpUtil.isKeepAlive(request);
        input = isLast ? Input.IN_LAST_REQUEST : Input.IN_REQUEST;
        isContinueDue = !isRefused && RequestRules.expectsContinue(request);
    }

    private boolean isRefused(HttpRequest request) {
        if (request.decoderResult().isSuccess()) {
            HttpResponseStatus refused = rules.normalize(request);
            if (refused == null) {
                return false;
            }
            request.setDecoderResult(DecoderResult.failure(new RequestRefusedException(refused)));
        }
        return true;
    }

    private void sendContinue(ChannelHandlerContext context) {
        if (isContinueDue && unanswered == 1) {
            isContinueDue = false;
            context.writeAndFlush(
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.CONTINUE,
                            Unpooled.EMPTY_BUFFER));
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof HttpResponse response) {
            writeAnswer(context, response, promise);
        } else {
            context.write(message, promise);
        }
    }

    private void writeAnswer(
            ChannelHandlerContext context, HttpResponse answer, ChannelPromise promise) {
        unanswered--;
        hasAnswered = true;
        if ((isGoingAway || runtime.isDraining()) && unanswered == 0) {
            HttpUtil.setKeepAlive(answer, false);
        }
        if (HttpUtil.isKeepAlive(answer)) {
            context.write(answer, promise);
            sendContinue(context);
        } else {
            input = Input.OVER;
            context.write(answer, promise.unvoid()).addListener(this::closeAfter);
        }
    }

    /**
     * In a drain who has just connected is still to have the answer that it is going to ask for.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == DrainEvent.INSTANCE && (hasAnswered || unanswered > 0)) {
            goAway();
        }
        context.fireUserEventTriggered(event);
    }

    /** TLS has failed, so nothing can be answered. The frame gets the cause. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException || cause instanceof CodecException) {
            context.fireExceptionCaught(cause);
            context.close();
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
