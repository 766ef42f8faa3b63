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
 * Joins requests with their bodies, up to a limit. Netty's aggregator answers by itself if a body
 * is too long or the client expects something. Such an answer may overtake those to earlier
 * requests, and after some of them the decoder takes the body for a request. This class answers
 * nothing: it passes a request that is too long on as a refused one, and {@link HttpPhase} handles
 * expectations.
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

    /** {@link RequestRules} has already checked the announced length. */
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

    /** A request that is cut off by the end of the connection needs no answer and is no failure. */
    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        releaseCurrentMessage();
        super.channelInactive(context);
    }
}
