package io.tardy.examples;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;

/**
 * An HTTP/1.x server on sockets alone: it greets whoever asks, and shows that pipelined requests,
 * and requests in many pieces, are nothing special in direct style. {@link FrameHttp} stands on a
 * real codec.
 */
final class Http {

    private Http() {}

    static void start(TardyRuntime rt, Socket listener) {
        rt.spawn("accept", () -> listener.serve(peer -> new HttpConnection(peer).serve()));
    }
}
