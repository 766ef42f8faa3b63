package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.util.concurrent.EventExecutor;
import io.tardy.TardyRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The channels that a library has made, to hold them against the loops that should carry them. */
final class SeenChannels {

    private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();

    void add(Channel channel) {
        channels.add(channel);
    }

    /** Makes channels of this type and remembers them. */
    <C extends Channel> ChannelFactory<C> remembering(ChannelFactory<C> factory) {
        return () -> {
            C channel = factory.newChannel();
            add(channel);
            return channel;
        };
    }

    /** Makes channels of this type and remembers them. */
    <C extends Channel> ChannelFactory<C> clients(Class<C> type) {
        return remembering(new ReflectiveChannelFactory<>(type));
    }

    /** Makes listening channels of this type and remembers them, and those that they accept. */
    <C extends ServerChannel> ChannelFactory<C> servers(ChannelFactory<C> factory) {
        return () -> {
            C server = remembering(factory).newChannel();
            server.pipeline().addFirst(new Accepting());
            return server;
        };
    }

    /** Fails unless these loops carry all of them: one that listens, those it accepted, clients. */
    void assertAllOn(EventLoopGroup... groups) {
        List<EventExecutor> loops = new ArrayList<>();
        for (EventLoopGroup group : groups) {
            group.forEach(loops::add);
        }
        assertThat(channels)
                .allSatisfy(
                        channel -> {
                            assertThat(loops).contains(channel.eventLoop());
                            assertThat(TardyRuntime.of(channel).eventLoop())
                                    .isSameAs(channel.eventLoop());
                        });
        assertThat(channels).filteredOn(SeenChannels::listens).hasSize(1);
        assertThat(channels).filteredOn(SeenChannels::wasAccepted).isNotEmpty();
        assertThat(channels).filteredOn(SeenChannels::connected).isNotEmpty();
    }

    /** Fails unless all of them are clients', and these loops carry them. */
    void assertClientsOn(EventLoopGroup group) {
        assertThat(channels).isNotEmpty().allMatch(SeenChannels::connected);
        assertThat(channels).allSatisfy(channel -> assertThat(group).contains(channel.eventLoop()));
    }

    private static boolean listens(Channel channel) {
        return channel instanceof ServerChannel;
    }

    private static boolean wasAccepted(Channel channel) {
        return channel.parent() instanceof ServerChannel;
    }

    private static boolean connected(Channel channel) {
        return !listens(channel) && !wasAccepted(channel);
    }

    /** A listening channel reads the channels that it accepts. */
    private final class Accepting extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            add((Channel) message);
            context.fireChannelRead(message);
        }
    }
}
