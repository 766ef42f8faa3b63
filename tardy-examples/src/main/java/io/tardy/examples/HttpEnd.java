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
     * Sends what was written, and waits for the peer to end, for a while. Closing with data unread
     * would reset the connection, and the peer would lose the answer.
     */
    static void await(FrameChannel frame) throws IOException {
        frame.flush();
        frame.channel().pipeline().remove(HttpServerCodec.class); // what comes is no request
        ((DuplexChannel) frame.channel()).shutdownOutput();
        try {
            Deadline.within(LINGER, () -> drop(frame));
        } catch (DeadlineExceededException | PipelineException e) {
            // he will not end, or is gone: all is said
        }
    }

    private static void drop(FrameChannel frame) throws IOException {
        for (Object message; (message = frame.read()) != null; ) {
            ReferenceCountUtil.release(message);
        }
    }
}
