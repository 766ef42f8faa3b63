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
import java.io.IOException;
import java.time.Duration;

/**
 * The loop's half of a connection of plain HTTP, right behind the codec. It decides which request
 * is the connection's last, lets nothing pass that follows it, and closes after its answer. Where a
 * request is refused before its body has come it is the last: what was announced as a body is never
 * taken for a request.
 *
 * <p>It answers nothing itself, for the answers of earlier requests may be due: what it refuses
 * goes on to the frame as a request that could not be decoded. A session takes its place.
 */
final class HttpPhase extends ChannelDuplexHandler {

    private final Channel channel;
    private final RequestRules rules;
    private final Duration linger;

    private int unanswered;
    private boolean hasAnswered;
    private boolean goesAway;

    /** Whether the request that came last is the connection's last. */
    private boolean isAtLast;

    /** Whether that request goes on. */
    private boolean isInRequest;

    /** Whether its peer waits for 100 before he sends the body; until the others are answered. */
    private boolean isContinueDue;

    HttpPhase(Channel channel, RequestRules rules, Duration linger) {
        this.channel = channel;
        this.rules = rules;
        this.linger = linger;
    }

    /** Takes no more requests, and closes when those that came are answered. */
    void goAway() {
        goesAway = true;
        if (unanswered > 0) {
            return;
        }
        if (hasAnswered) {
            // The last answer may be on its way, here or in the system.
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::closeAfter);
        } else {
            channel.close();
        }
    }

    private void closeAfter(Future<?> sent) {
        LingeringClose.begin(channel, linger);
    }

    boolean goesAway() {
        return goesAway;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean isRefused = false;
        if (message instanceof HttpRequest request && !isAtLast && !goesAway) {
            unanswered++;
            isInRequest = true;
            isRefused = isRefused(request);
            isAtLast = isRefused || !HttpUtil.isKeepAlive(request);
            isContinueDue = !isRefused && RequestRules.expectsContinue(request);
            sendContinue(context);
        }
        if (!isInRequest) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (isRefused || message instanceof LastHttpContent) {
            isInRequest = false;
            isContinueDue = false;
        }
        context.fireChannelRead(message);
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
            unanswered--;
            hasAnswered = true;
            boolean isLast = goesAway && unanswered == 0;
            if (isLast) {
                HttpUtil.setKeepAlive(response, false);
            }
            if (!HttpUtil.isKeepAlive(response)) {
                isAtLast = true;
                isInRequest = false;
                context.write(message, promise.unvoid()).addListener(this::closeAfter);
                return;
            }
            context.write(message, promise);
            sendContinue(context);
            return;
        }
        context.write(message, promise);
    }

    /** No TLS, or no more of it: there is nobody to answer. The frame hears why. */
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
