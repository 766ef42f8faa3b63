package io.tardy.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtensionDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;

/**
 * A client's handshake, on the loop: the first frames may come with the answer, so the session must
 * stand there when the answer has been read.
 */
final class ClientUpgrade extends ChannelInboundHandlerAdapter {

    private final WebSocketClientHandshaker handshaker;
    private final Settings settings;
    private WebSocketSession session;
    private Promise<WebSocketConnection.Handshake> done;

    ClientUpgrade(WebSocketClientHandshaker handshaker, Settings settings) {
        this.handshaker = handshaker;
        this.settings = settings;
    }

    /** Of the channel that it was added to. */
    WebSocketSession session() {
        return session;
    }

    /** Fails if the server refuses. */
    Promise<WebSocketConnection.Handshake> done() {
        return done;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        session = new WebSocketSession(context.channel(), settings, false);
        done = context.executor().newPromise();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        handshaker
                .handshake(context.channel())
                .addListener(
                        sent -> {
                            if (!sent.isSuccess()) {
                                done.tryFailure(sent.cause());
                            }
                        });
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof FullHttpResponse response)) {
            ReferenceCountUtil.release(message);
            return;
        }
        try {
            finish(context, response);
        } catch (WebSocketHandshakeException e) {
            done.tryFailure(new HandshakeRefusedException(response.status(), e));
        } finally {
            response.release();
        }
    }

    private void finish(ChannelHandlerContext context, FullHttpResponse response) {
        Channel channel = context.channel();
        if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            done.tryFailure(new HandshakeRefusedException(response.status()));
            return;
        }
        ChannelPipeline pipeline = channel.pipeline();
        boolean isCompressed = pipeline.get(WebSocketExtensionDecoder.class) != null;
        if (!isCompressed
                && response.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
            throw new WebSocketHandshakeException("an extension that was not asked for");
        }
        handshaker.finishHandshake(channel, response);
        pipeline.replace(this, SessionHandlers.SESSION, session);
        String decoder = pipeline.context(WebSocket13FrameDecoder.class).name();
        if (isCompressed) {
            SessionHandlers.beforeInflater(pipeline, decoder, settings);
        } else {
            pipeline.addAfter(decoder, "websocket-bits", new ExtensionBits(false));
        }
        SessionHandlers.beforeSession(pipeline, settings);
        done.trySuccess(
                new WebSocketConnection.Handshake(
                        handshaker.uri().toString(),
                        response.headers(),
                        handshaker.actualSubprotocol(),
                        false));
    }

    /** Whoever waits hears of the first; those that follow say what has come of it. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!done.tryFailure(cause) && done.isSuccess()) {
            context.fireExceptionCaught(cause);
        }
    }

    /** A server that has said all it had to say has not answered. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            done.tryFailure(new ClosedChannelException());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        done.tryFailure(new ClosedChannelException());
        context.fireChannelInactive();
    }
}
