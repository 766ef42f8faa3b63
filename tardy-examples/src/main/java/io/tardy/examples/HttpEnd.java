package io.tardy.examples;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.time.Duration;

/** The end of a connection on which the peer may still be sending. */
public final class HttpEnd {

    /** How long the peer may take to close. */
    public static final Duration LINGER = Duration.ofSeconds(2);

    private HttpEnd() {}

    /**
     * Sends everything that was written, and waits a while for the peer to close. Closing with
     * unread data would reset the connection, and the peer might lose the answer.
     */
    public static void await(FrameChannel frame) throws IOException {
        frame.flush();
        frame.channel().pipeline().remove(HttpServerCodec.class); // further input is not parsed
        ((DuplexChannel) frame.channel()).shutdownOutput();
        try {
            Deadline.within(LINGER, () -> drop(frame));
        } catch (DeadlineExceededException | PipelineException e) {
            // the peer does not close, or has gone
        }
    }

    /** The same on a socket: ends our direction, and waits a while for the peer to close. */
    public static void await(Socket peer) throws IOException {
        peer.shutdownOutput();
        try {
            Deadline.within(LINGER, () -> drop(peer));
        } catch (DeadlineExceededException e) {
            // the peer does not close
        } catch (TardyIOException e) {
            if (e.error() != RecvError.CONNECTION_RESET_BY_PEER) {
                throw e;
            }
            // the peer has gone, which is fine here
        }
    }

    private static void drop(Socket peer) throws IOException {
        boolean isOpen = true;
        while (isOpen) {
            isOpen = peer.recvNext() != null;
        }
    }

    private static void drop(FrameChannel frame) throws IOException {
        for (Object message; (message = frame.read()) != null; ) {
            ReferenceCountUtil.release(message);
        }
    }
}
