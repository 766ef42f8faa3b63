package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;

/**
 * The loop's half of a connection of plain HTTP: knows whether requests wait for their answer, and
 * closes after the last one. Stands at the end of the pipeline until a session takes its place.
 */
final class HttpPhase extends ChannelDuplexHandler {

    private final Channel channel;
    private final Duration linger;
    private int unanswered;
    private boolean hasAnswered;
    private boolean goesAway;

    HttpPhase(Channel channel, Duration linger) {
        this.channel = channel;
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
        if (goesAway) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest) {
            unanswered++;
        }
        context.fireChannelRead(message);
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
                context.write(message, promise.unvoid()).addListener(this::closeAfter);
                return;
            }
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
