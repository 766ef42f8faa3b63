package io.tardy.sim;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.sim.net.CurrentNode;
import io.tardy.sim.net.Node;
import io.tardy.sim.netty.RefusedServerUnixChannel;
import io.tardy.sim.netty.RefusedUnixChannel;
import io.tardy.sim.netty.SimDatagramChannel;
import io.tardy.sim.netty.SimServerSocketChannel;
import io.tardy.sim.netty.SimSocketChannel;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import io.tardy.transport.poll.PollTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The transport of a simulated host: the poll transport, as it is, over selectors and channels that
 * are simulated; and the host's disk.
 */
final class SimTransport implements Transport, CurrentNode.Carrier {

    private final SimHost host;
    private final PollTransport poll;

    /** Handlers whose backends have not been made yet, by their loops. */
    private final Map<ThreadAwareExecutor, SimIoHandler> handlers = new HashMap<>(2);

    private final List<SimBackend> backends = new ArrayList<>(2);

    SimTransport(SimHost host) {
        this.host = host;
        this.poll = new PollTransport(host.node().provider());
    }

    @Override
    public Node node() {
        return host.node();
    }

    SimHost host() {
        return host;
    }

    /** Has the loops look at their deadlines again. */
    void wake() {
        backends.forEach(SimBackend::wake);
    }

    /** The power fails. */
    void crash() {
        backends.forEach(SimBackend::crash);
    }

    @Override
    public AsyncType type() {
        return AsyncType.CUSTOM;
    }

    @Override
    public String description() {
        return "simulated";
    }

    @Override
    public Optional<String> unavailableBecause() {
        return Optional.empty();
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        IoHandlerFactory factory = poll.ioHandlerFactory(aioReapMax);
        return loop -> {
            SimIoHandler handler = new SimIoHandler(factory.newHandler(loop), host);
            handlers.put(loop, handler);
            return handler;
        };
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        SimBackend backend =
                new SimBackend(poll.newBackend(context), host, handlers.remove(context.loop()));
        backends.add(backend);
        return backend;
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        return poll.openSocket(kind);
    }

    @Override
    public ChannelTypes channelTypes() {
        return new ChannelTypes(
                NioIoHandler.class,
                SimServerSocketChannel.class,
                SimSocketChannel.class,
                SimDatagramChannel.class,
                RefusedServerUnixChannel.class,
                RefusedUnixChannel.class);
    }
}
