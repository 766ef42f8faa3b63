package io.tardy.examples.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.util.NetUtil;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.examples.Health;
import io.tardy.examples.HttpAnswers;
import io.tardy.netty.FrameChannel;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@link Gateway} on Netty's codecs: a frame for each client, and FrameChannels to the backend that
 * are kept. {@link NettyGateway} does the same with callbacks.
 */
public final class FrameGateway extends ChannelInitializer<Channel> {

    private final InetSocketAddress backend;
    private final Limits limits;
    private final Health health;
    private final Map<TardyRuntime, Pool<BackendChannel>> pools = new ConcurrentHashMap<>();

    /**
     * @param backend a resolved address, because looking up a name would block the loop
     */
    public FrameGateway(InetSocketAddress backend, Limits limits) {
        this(backend, limits, new Health());
    }

    /**
     * @param backend a resolved address
     */
    public FrameGateway(InetSocketAddress backend, Limits limits, Health health) {
        this.backend = backend;
        this.limits = limits;
        this.health = health;
    }

    @Override
    protected void initChannel(Channel channel) {
        AtomicReference<Frame<?>> serving = new AtomicReference<>();
        channel.pipeline()
                .addLast(
                        HttpAnswers.codec(),
                        new ClientWatch(limits.patience(), () -> serving.get().cancel()));
        serving.set(FrameChannel.spawn(channel, this::serve));
    }

    private void serve(FrameChannel client) throws Exception {
        Pool<BackendChannel> pool =
                pools.computeIfAbsent(
                        TardyRuntime.current(),
                        own -> new Pool<>(limits, () -> BackendChannel.connect(backend)));
        new FrameConnection(client, pool, limits, NetUtil.toSocketAddressString(backend), health)
                .serve();
    }
}
