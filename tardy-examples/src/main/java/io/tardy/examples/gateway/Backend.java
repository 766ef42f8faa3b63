package io.tardy.examples.gateway;

import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** The backend, as one runtime of a {@link Gateway} sees it. */
final class Backend {

    static final int BUFFER_BYTES = 16 * 1024;
    private static final int FREE_MAX = 128;

    private final Limits limits;
    private final String host;
    private final Pool<BackendSocket> connections;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    Backend(InetSocketAddress address, Limits limits) {
        this.limits = limits;
        this.host = NetUtil.toSocketAddressString(address);
        this.connections = new Pool<>(limits, () -> BackendSocket.connect(address));
    }

    Limits limits() {
        return limits;
    }

    /** What a request names as its host. */
    String host() {
        return host;
    }

    Pool<BackendSocket> connections() {
        return connections;
    }

    /** A buffer for one request and its answer: a client that asks nothing holds none. */
    ByteBuffer takeBuffer() {
        ByteBuffer used = free.poll();
        return used != null ? used.clear() : ByteBuffer.allocateDirect(BUFFER_BYTES);
    }

    void giveBack(ByteBuffer buffer) {
        if (buffer.capacity() == BUFFER_BYTES && free.size() < FREE_MAX) {
            free.push(buffer);
        }
    }
}
