package io.tardy.netty;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslClosedEngineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.ReadTimeoutException;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * What Netty's {@code netty-handler} tells of a peer's end. That library is optional: call nothing
 * here unless it {@link #isKnown}.
 */
final class TlsEnd {

    private static final boolean KNOWN = isPresent();

    private TlsEnd() {}

    private static boolean isPresent() {
        try {
            Class.forName("io.netty.handler.ssl.SslHandler", false, TlsEnd.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    static boolean isKnown() {
        return KNOWN;
    }

    /** Whether this event says that some peer has ended its direction as TLS wants it. */
    static boolean isCloseNotify(Object event) {
        return event instanceof SslCloseCompletionEvent end && end.isSuccess();
    }

    static boolean isDisconnect(Throwable failure) {
        return failure instanceof Truncation
                || failure instanceof SslClosedEngineException
                || failure instanceof ReadTimeoutException;
    }

    /**
     * What is wrong with an end of the connection now, or null: there is no TLS, or the peer has
     * sent its close_notify, or the handshake has failed before, which the frame was told. With TLS
     * in TLS, as through a proxy, the peer is whom the innermost speaks with.
     */
    static Truncation truncationOf(ChannelPipeline pipeline) {
        SslHandler tls = null;
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            if (entry.getValue() instanceof SslHandler inner) {
                tls = inner;
            }
        }
        if (tls == null
                || tls.sslCloseFuture().isSuccess()
                || tls.handshakeFuture().cause() != null) {
            return null;
        }
        return new Truncation(!tls.handshakeFuture().isDone());
    }

    /** From now on a close of the channel goes past TLS, which would say goodbye. */
    static void leaveOut(ChannelPipeline pipeline) {
        for (Map.Entry<String, ChannelHandler> entry : pipeline) { // of a copy
            if (entry.getValue() instanceof SslHandler tls) {
                pipeline.addAfter(entry.getKey(), null, new Bypass(pipeline.context(tls)));
            }
        }
    }

    /** Stands behind TLS, as a close sees it. */
    private static final class Bypass extends ChannelOutboundHandlerAdapter {

        private final ChannelHandlerContext tls;

        Bypass(ChannelHandlerContext tls) {
            this.tls = tls;
        }

        @Override
        public void close(ChannelHandlerContext from, ChannelPromise promise) {
            tls.close(promise);
        }
    }

    /** The connection has ended, and not necessarily by the peer. */
    static final class Truncation extends SSLException {

        private static final long serialVersionUID = 1L;

        private final boolean isInHandshake;

        Truncation(boolean isInHandshake) {
            super(
                    isInHandshake
                            ? "the connection has ended within the handshake of TLS"
                            : "the connection has ended without close_notify: what was read may be"
                                    + " cut short");
            this.isInHandshake = isInHandshake;
        }

        /** Nothing can be written either. */
        boolean isInHandshake() {
            return isInHandshake;
        }
    }
}
