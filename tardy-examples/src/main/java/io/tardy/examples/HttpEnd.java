package io.tardy.examples;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.ReferenceCountUtil;
import io.tardy.Deadline;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.time.Duration;

/** The end of a connection on which the peer may still be sending. */
final class HttpEnd {

    static final Duration LINGER = Duration.ofSeconds(2);

    private HttpEnd() {}

    /**
     * Sends everything that was written, and waits a while for the peer to close. Closing with
     * unread data would reset the connection, and the peer might lose the answer.
     */
    static void await(FrameChannel frame) throws IOException {
        frame.flush();
        frame.channel().pipeline().remove(HttpServerCodec.class); // further input is not parsed
        ((DuplexChannel) frame.channel()).shutdownOutput();
        try {
            Deadline.within(LINGER, () -> drop(frame));
        } catch (DeadlineExceededException | PipelineException e) {
            // the peer does not close, or has gone
        }
    }

    private static void drop(FrameChannel frame) throws IOException {
        for (Object message; (message = frame.read()) != null; ) {
            ReferenceCountUtil.release(message);
        }
    }
}
