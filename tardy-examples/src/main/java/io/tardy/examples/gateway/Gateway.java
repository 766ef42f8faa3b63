package io.tardy.examples.gateway;

import io.tardy.TardyRuntime;
import io.tardy.examples.Health;
import io.tardy.net.Socket;
import java.net.InetSocketAddress;

/**
 * An HTTP server that asks a backend before it answers, on sockets: a frame for each client, and
 * connections to the backend that are kept. {@link FrameGateway} does the same with Netty's codecs.
 */
public final class Gateway {

    private final InetSocketAddress backend;
    private final Limits limits;
    private final Health health;

    /**
     * @param backend a resolved address, because looking up a name would block the runtime
     */
    public Gateway(InetSocketAddress backend, Limits limits) {
        this(backend, limits, new Health());
    }

    /**
     * @param backend a resolved address
     */
    public Gateway(InetSocketAddress backend, Limits limits, Health health) {
        this.backend = backend;
        this.limits = limits;
        this.health = health;
    }

    /** Serves on this runtime. */
    public void start(TardyRuntime rt, Socket listener) {
        Backend own = new Backend(backend, limits);
        rt.spawn(
                "accept",
                () -> listener.serve(client -> new GatewayConnection(client, own, health).serve()));
    }
}
