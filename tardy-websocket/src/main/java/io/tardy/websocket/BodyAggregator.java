package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;

/**
 * Joins requests with their bodies, up to a bound. Where one is longer Netty's closes behind its
 * answer, with unread bytes: the peer may see a reset, and no answer. This one lingers.
 */
final class BodyAggregator extends HttpObjectAggregator {

    private final Duration linger;

    BodyAggregator(int bytesMax, Duration linger) {
        super(bytesMax);
        this.linger = linger;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        FullHttpResponse answer =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE,
                        Unpooled.EMPTY_BUFFER);
        HttpUtil.setContentLength(answer, 0);
        HttpUtil.setKeepAlive(answer, false);
        context.writeAndFlush(answer)
                .addListener(sent -> LingeringClose.begin(context.channel(), linger));
    }
}
