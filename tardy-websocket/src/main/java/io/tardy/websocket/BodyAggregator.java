package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Joins requests with their bodies, up to a bound. Netty's answers by itself where one is longer or
 * expects something, before the requests that came earlier; and after some of these answers it
 * makes the decoder take the body for a request. This one answers nothing: a request that is too
 * long goes on, as one that is refused, and {@link HttpPhase} looks at expectations.
 */
final class BodyAggregator extends HttpObjectAggregator {

    BodyAggregator(int bytesMax) {
        super(bytesMax);
    }

    @Override
    protected Object newContinueResponse(
            HttpMessage start, int bytesMax, ChannelPipeline pipeline) {
        return null;
    }

    /** What is announced {@link RequestRules} has seen. */
    @Override
    protected boolean isContentLengthInvalid(HttpMessage start, int bytesMax) {
        return false;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage oversized) {
        HttpRequest request = (HttpRequest) oversized;
        FullHttpRequest refused =
                new DefaultFullHttpRequest(
                        request.protocolVersion(),
                        request.method(),
                        request.uri(),
                        Unpooled.EMPTY_BUFFER);
        refused.setDecoderResult(
                DecoderResult.failure(
                        new RequestRefusedException(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE)));
        context.fireChannelRead(refused);
    }

    /** That a request ends with the connection is no failure: nobody waits for its answer. */
    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        releaseCurrentMessage();
        super.channelInactive(context);
    }
}
