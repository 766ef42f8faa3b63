package io.tardy.runtime;

import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.spi.ChannelTypes;
import io.tardy.spi.Transport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Chooses the transport. {@code AUTO} takes the best that works and remembers why each better one
 * did not; one that is named is taken or refused, never replaced.
 *
 * @param transport what was chosen
 * @param refused those that {@code AUTO} would have preferred, best first
 */
public record TransportChoice(Transport transport, List<Refusal> refused) {

    /**
     * A transport that was not chosen.
     *
     * @param reason the cause and the way out, one sentence
     */
    public record Refusal(AsyncType type, String reason) {
        @Override
        public String toString() {
            return type.label() + " was refused: " + reason;
        }
    }

    /** Ours, by their names: this module does not know them. */
    private static final Map<AsyncType, String> PROVIDERS =
            Map.of(
                    AsyncType.IO_URING,
                    "io.tardy.transport.iouring.IoUringTransport",
                    AsyncType.EPOLL,
                    "io.tardy.transport.epoll.EpollTransport",
                    AsyncType.KQUEUE,
                    "io.tardy.transport.kqueue.KQueueTransport",
                    AsyncType.POLL,
                    "io.tardy.transport.poll.PollTransport");

    /** What {@code AUTO} chooses here; it does not change while the program runs. */
    private static volatile TransportChoice auto;

    public TransportChoice {
        refused = List.copyOf(refused);
    }

    /**
     * @param custom the transport to take if that is the type, else null
     * @throws TransportUnavailableException if it cannot be used here
     */
    public static TransportChoice of(AsyncType type, Transport custom) {
        return switch (type) {
            case AUTO -> auto();
            case CUSTOM -> usable(custom);
            case IO_URING, EPOLL, KQUEUE, POLL -> named(type, available());
        };
    }

    /** What {@code AUTO} chooses here. */
    public static TransportChoice auto() {
        if (auto == null) {
            auto = auto(available());
        }
        return auto;
    }

    /**
     * The best transport that works here and carries channels of one of these classes.
     *
     * @throws TransportUnavailableException if none does; the message says why of each
     */
    public static TransportChoice carrying(List<Class<?>> channels) {
        return carrying(channels, available());
    }

    static TransportChoice carrying(List<Class<?>> channels, Map<AsyncType, Transport> transports) {
        return best(transports, transport -> refusalToCarry(transport, channels));
    }

    /** Why the transport carries channels of none of these classes, or null if it does of one. */
    private static String refusalToCarry(Transport transport, List<Class<?>> channels) {
        ChannelTypes types;
        try {
            types = transport.channelTypes();
        } catch (UnsupportedOperationException e) {
            return e.getMessage();
        }
        List<Class<?>> carried =
                List.of(
                        types.serverSocket(),
                        types.socket(),
                        types.datagram(),
                        types.serverDomainSocket(),
                        types.domainSocket());
        for (Class<?> channel : channels) {
            if (carried.stream().anyMatch(type -> type.isAssignableFrom(channel))) {
                return null;
            }
        }
        return channels.stream()
                .map(Class::getSimpleName)
                .collect(Collectors.joining(" or ", "it does not carry ", ""));
    }

    /** By type, the first provider of each. */
    public static Map<AsyncType, Transport> available() {
        NettyVersion.require();
        Map<AsyncType, Transport> transports = new EnumMap<>(AsyncType.class);
        for (Transport transport :
                ServiceLoader.load(Transport.class, Transport.class.getClassLoader())) {
            transports.putIfAbsent(transport.type(), transport);
        }
        return transports;
    }

    static TransportChoice named(AsyncType type, Map<AsyncType, Transport> transports) {
        Transport transport = transports.get(type);
        if (transport == null) {
            throw new TransportUnavailableException(type, missing(type), null);
        }
        return usable(transport);
    }

    static TransportChoice auto(Map<AsyncType, Transport> transports) {
        return best(transports, transport -> null);
    }

    /**
     * @param unfit why a transport will not do, or null
     */
    private static TransportChoice best(
            Map<AsyncType, Transport> transports, Function<Transport, String> unfit) {
        List<Refusal> refused = new ArrayList<>();
        for (AsyncType type : preferences(System.getProperty("os.name"))) {
            Transport transport = transports.get(type);
            String reason = transport == null ? missing(type) : unfit.apply(transport);
            if (reason == null) {
                reason = transport.unavailableBecause().orElse(null);
            }
            if (reason == null) {
                return new TransportChoice(transport, refused);
            }
            refused.add(new Refusal(type, reason));
        }
        throw new TransportUnavailableException(
                AsyncType.AUTO,
                refused.stream()
                        .map(Refusal::toString)
                        .collect(Collectors.joining("; ", "none works here: auto (", ")")),
                null);
    }

    private static TransportChoice usable(Transport transport) {
        transport
                .unavailableBecause()
                .ifPresent(
                        reason -> {
                            throw new TransportUnavailableException(transport.type(), reason, null);
                        });
        return new TransportChoice(transport, List.of());
    }

    private static List<AsyncType> preferences(String osName) {
        String os = osName.toLowerCase(Locale.ROOT);
        if (os.contains("linux")) {
            return List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.POLL);
        }
        if (os.contains("mac") || os.contains("bsd")) {
            return List.of(AsyncType.KQUEUE, AsyncType.POLL);
        }
        return List.of(AsyncType.POLL);
    }

    /** Why there is no provider of this type, and the way out. */
    public static String missing(AsyncType type) {
        String label = type.label().replace("_", "");
        String provider = PROVIDERS.get(type);
        if (provider != null
                && !isThere(provider, Transport.class.getClassLoader())
                && isThere(provider, Thread.currentThread().getContextClassLoader())) {
            return "its class "
                    + provider
                    + " is there, but the class loader of io.tardy's API does not see it: put"
                    + " tardy-api and the transports into the same one";
        }
        if (provider != null && isThere(provider, Transport.class.getClassLoader())) {
            return "its class "
                    + provider
                    + " is there, but not in the file META-INF/services/"
                    + Transport.class.getName()
                    + ": whatever has put several jars into one must merge these files (the"
                    + " ServicesResourceTransformer of maven-shade-plugin does)";
        }
        return "there is no provider for it; add the dependency io.tardy:tardy-transport-" + label;
    }

    private static boolean isThere(String className, ClassLoader loader) {
        try {
            Class.forName(className, false, loader);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
