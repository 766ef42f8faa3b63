package io.tardy.runtime;

import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.tardy.aio.AsyncType;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.util.Optional;
import java.util.function.Function;

/**
 * A channel that a loop cannot carry, for it belongs to another transport. Netty only says that the
 * loop's type is incompatible, and all loops of Tardy's have one type.
 */
final class ForeignChannel {

    private ForeignChannel() {}

    /** Whether no handler of the loop's takes it. What has no handle of its own Netty decides. */
    static boolean isOne(Channel channel, TardyEventLoop loop) {
        return channel.unsafe() instanceof IoHandle handle && !loop.isCompatible(handle.getClass());
    }

    /** Why it is refused, and the way out. */
    static IllegalStateException refusal(Channel channel, TardyEventLoop loop) {
        Class<? extends Channel> type = channel.getClass();
        RuntimeSettings settings = loop.runtime().settings();
        Transport transport = settings.transport();
        boolean isOurs = transport.type() != AsyncType.CUSTOM;
        String name = isOurs ? transport.type().label() : transport.description();
        String why = type.getName() + " does not run on " + name;
        ChannelTypes ours;
        try {
            ours = transport.channelTypes();
        } catch (UnsupportedOperationException e) {
            return new IllegalStateException(why + ": " + e.getMessage(), e);
        }
        if (channel.parent() instanceof ServerChannel) {
            return new IllegalStateException(
                    why
                            + ", the transport of its server's second group: give the bootstrap"
                            + " one group for both, or two of one transport");
        }
        boolean isOfGroup = loop.servesGroup();
        StringBuilder way = new StringBuilder(why);
        way.append(", the transport of this ").append(isOfGroup ? "group" : "runtime");
        Optional<Kind> kind = Kind.of(channel);
        kind.ifPresent(
                its ->
                        way.append(": use ")
                                .append(its.in(ours).getSimpleName())
                                .append(", which ")
                                .append(its.call(isOfGroup))
                                .append(" returns"));
        if (settings.simulation() == null) {
            way.append(kind.isPresent() ? "; or," : ":")
                    .append(" if a library chooses the class, ")
                    .append(forLibrary(type, isOfGroup));
        }
        return new IllegalStateException(way.toString());
    }

    private static String forLibrary(Class<? extends Channel> type, boolean isOfGroup) {
        return isOfGroup
                ? "build the group for it: TardyEventLoopGroup.builder().carrying("
                        + type.getSimpleName()
                        + ".class)"
                : "give it a TardyEventLoopGroup that is built for it";
    }

    /** What to ask for a channel of the loop's own transport. */
    private enum Kind {
        SERVER_SOCKET("serverSocket", ChannelTypes::serverSocket),
        SOCKET("socket", ChannelTypes::socket),
        DATAGRAM("datagram", ChannelTypes::datagram),
        SERVER_DOMAIN_SOCKET("serverDomainSocket", ChannelTypes::serverDomainSocket),
        DOMAIN_SOCKET("domainSocket", ChannelTypes::domainSocket);

        private final String call;
        private final Function<ChannelTypes, Class<? extends Channel>> type;

        Kind(String call, Function<ChannelTypes, Class<? extends Channel>> type) {
            this.call = call;
            this.type = type;
        }

        Class<? extends Channel> in(ChannelTypes types) {
            return type.apply(types);
        }

        String call(boolean isOfGroup) {
            return isOfGroup ? "group." + call + "Channel()" : "rt.channelTypes()." + call + "()";
        }

        /** Streams of the Unix domain have no interface of their own on every transport. */
        static Optional<Kind> of(Channel channel) {
            return switch (channel) {
                case ServerSocketChannel tcp -> Optional.of(SERVER_SOCKET);
                case SocketChannel tcp -> Optional.of(SOCKET);
                case DatagramChannel udp -> Optional.of(DATAGRAM);
                case ServerChannel unix -> Optional.of(SERVER_DOMAIN_SOCKET);
                case DuplexChannel unix -> Optional.of(DOMAIN_SOCKET);
                default -> Optional.empty();
            };
        }
    }
}
