package io.tardy.examples;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;

/**
 * An HTTP/1.x server on plain sockets that greets every client. It shows that pipelined requests,
 * and requests that arrive in pieces, need nothing special in direct style. {@link FrameHttp} uses
 * a real codec.
 */
final class Http {

    private Http() {}

    static void start(TardyRuntime rt, Socket listener) {
        start(rt, listener, new Health());
    }

    static void start(TardyRuntime rt, Socket listener, Health health) {
        rt.spawn("accept", () -> listener.serve(peer -> new HttpConnection(peer, health).serve()));
    }
}
