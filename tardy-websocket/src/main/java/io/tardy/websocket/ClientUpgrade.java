package io.tardy.websocket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.io.IOException;

/**
 * A client's handshake on the loop. The first frames may arrive together with the answer, so the
 * session must be in the pipeline as soon as the answer is read.
 */
final class ClientUpgrade extends ChannelInboundHandlerAdapter {

    private static final int LINE_BYTES_MAX = 4096;
    private static final int HEADER_BYTES_MAX = 64 * 1024;
    private static final int CHUNK_BYTES_MAX = 8192;

    /** Netty's status for an answer without a valid status line. */
    private static final int NO_HTTP = 999;

    private final Channel channel;
    private final WebSocketTarget target;
    private final ClientHandshaker handshaker;
    private final Settings settings;
    private final WebSocketSession session;
    private final Promise<WebSocketConnection.Handshake> done;

    ClientUpgrade(
            Channel channel,
            WebSocketTarget target,
            ClientHandshaker handshaker,
            Settings settings) {
        this.channel = channel;
        this.target = target;
        this.handshaker = handshaker;
        this.settings = settings;
        this.session = new WebSocketSession(channel, settings, false);
        this.done = channel.eventLoop().newPromise();
    }

    WebSocketSession session() {
        return session;
    }

    /** Completes with the handshake; fails with an {@link IOException}, also after a refusal. */
    Promise<WebSocketConnection.Handshake> done() {
        return done;
    }

    /**
     * Sends the request. Call it on the loop of a connected channel whose pipeline has only a
     * {@link ReadGate}.
     *
     * @param secure null for no TLS
     */
    void begin(SslContext secure) {
        if (!channel.isActive()) {
            ended();
            return;
        }
        try {
            install(channel.pipeline(), secure);
            if (channel instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
                ended(); // before this handler was added, so no event follows
                return;
            }
            handshaker
                    .handshake(channel)
                    .addListener(
                            sent -> {
                                if (!sent.isSuccess()) {
                                    fail(sent.cause());
                                }
                            });
        } catch (RuntimeException e) {
            fail(e); // otherwise the waiting frame would not learn of it
        }
    }

    private void install(ChannelPipeline pipeline, SslContext secure) {
        String gate = pipeline.context(ReadGate.class).name();
        pipeline.addAfter(gate, "websocket-upgrade", this);
        pipeline.addAfter(
                gate,
                "websocket-http",
                new HttpClientCodec(LINE_BYTES_MAX, HEADER_BYTES_MAX, CHUNK_BYTES_MAX));
        pipeline.addAfter(gate, "websocket-end", new InputEnd());
        if (secure != null) {
            pipeline.addAfter(
                    gate,
                    "websocket-tls",
                    secure.newHandler(channel.alloc(), target.host(), target.port()));
        }
        pipeline.remove(gate);
    }

    /** A refusal's body is dropped as it arrives, so it may have any size. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpResponse response && !done.isDone()) {
                answered(context, response);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(ChannelHandlerContext context, HttpResponse response) {
        HttpResponseStatus status = response.status();
        if (response.decoderResult().isFailure()) {
            Throwable cause = response.decoderResult().cause();
            fail(
                    status.code() == NO_HTTP
                            ? new IOException("the server does not answer in HTTP", cause)
                            : new HandshakeRefusedException(status, cause));
        } else if (status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            try {
                finish(context, response);
            } catch (WebSocketHandshakeException e) {
                fail(new HandshakeRefusedException(status, e));
            }
        } else if (status.codeClass() != HttpStatusClass.INFORMATIONAL) { // RFC 9110, 15.2
            fail(new HandshakeRefusedException(status));
        }
    }

    private void finish(ChannelHandlerContext context, HttpResponse response) {
        handshaker.finish(channel, response);
        context.pipeline().replace(this, SessionHandlers.SESSION, session);
        SessionHandlers.beforeSession(context.pipeline(), settings, handshaker.deflate(), false);
        done.trySuccess(
                new WebSocketConnection.Handshake(
                        handshaker.uri().toString(),
                        response.headers(),
                        handshaker.actualSubprotocol(),
                        false));
    }

    private void ended() {
        fail(new IOException("the server has ended the connection during the handshake"));
    }

    /**
     * Returns true for the first failure, which the waiting frame gets; others only follow from it.
     */
    private boolean fail(Throwable cause) {
        Throwable reported =
                cause instanceof DecoderException && cause.getCause() != null
                        ? cause.getCause()
                        : cause;
        return done.tryFailure(
                reported instanceof IOException
                        ? reported
                        : new IOException(
                                "the handshake has failed: " + reported.getMessage(), reported));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!fail(cause) && done.isSuccess()) {
            context.fireExceptionCaught(cause);
        }
    }

    /** The server has ended its direction without an answer. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            ended();
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ended();
        context.fireChannelInactive();
    }
}
