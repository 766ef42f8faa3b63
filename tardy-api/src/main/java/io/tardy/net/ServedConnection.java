package io.tardy.net;

import io.tardy.FrameBody;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.NeverRun;

/**
 * What the frame of an accepted connection does; no lambda, which would be one call more, for as
 * long as it waits.
 */
class ServedConnection implements FrameBody, NeverRun, AutoCloseable {

    private final Socket peer;
    private final Socket.ConnectionHandler handler;
    private boolean begun;

    ServedConnection(Socket peer, Socket.ConnectionHandler handler) {
        this.peer = peer;
        this.handler = handler;
    }

    @Override
    public void run() throws Exception {
        begun = true;
        try (peer) {
            handler.handle(peer);
        } finally {
            ended();
        }
    }

    @Override
    public void abandoned() {
        try {
            if (!begun) { // nobody else has it
                peer.close();
            }
        } catch (TardyIOException e) {
            SocketHandle.logCloseFailure(e);
        } finally {
            ended();
        }
    }

    /** The decorator of frames has failed, which must not end the server. */
    @Override
    public void close() {
        abandoned();
    }

    /**
     * The connection is closed, or its runtime has ended around it; perhaps one after the other.
     */
    void ended() {}
}
