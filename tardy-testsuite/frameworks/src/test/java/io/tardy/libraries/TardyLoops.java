package io.tardy.libraries;

import io.netty.channel.EventLoopGroup;
import io.tardy.netty.TardyEventLoopGroup;
import reactor.netty.resources.LoopResources;

/** A group of Tardy's for what stands on reactor-netty. */
final class TardyLoops implements LoopResources {

    private final TardyEventLoopGroup group;
    private final EventLoopGroup clients;

    TardyLoops(TardyEventLoopGroup group) {
        this.group = group;
        this.clients = LoopResources.colocate(group);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return group;
    }

    @Override
    public EventLoopGroup onServerSelect(boolean useNative) {
        return group;
    }

    /** A new connection is made on the loop of the handler that asks. */
    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return clients;
    }
}
