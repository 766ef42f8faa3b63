package io.tardy;

import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.spi.Transport;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Chooses the transport. {@code AUTO} takes the best that works and remembers why each better one
 * did not; one that is named is taken or refused, never replaced.
 *
 * @param transport what was chosen
 * @param backend the same, for the user
 */
record TransportChoice(Transport transport, Backend backend) {

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

    static TransportChoice of(TardyOptions options) {
        return switch (options.async()) {
            case AUTO -> auto();
            case CUSTOM -> usable(options.transport());
            case IO_URING, EPOLL, KQUEUE, POLL -> named(options.async(), available());
        };
    }

    static TransportChoice auto() {
        if (auto == null) {
            auto = auto(available());
        }
        return auto;
    }

    /** By type, the first provider of each. */
    static Map<AsyncType, Transport> available() {
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
        List<Backend.Refusal> refused = new ArrayList<>();
        for (AsyncType type : preferences(System.getProperty("os.name"))) {
            Transport transport = transports.get(type);
            String reason =
                    transport == null ? missing(type) : transport.unavailableBecause().orElse(null);
            if (reason == null) {
                return new TransportChoice(
                        transport, new Backend(type, refused, transport.description()));
            }
            refused.add(new Backend.Refusal(type, reason));
        }
        throw new TransportUnavailableException(
                AsyncType.AUTO,
                "none works here: " + new Backend(AsyncType.AUTO, refused, AsyncType.AUTO.label()),
                null);
    }

    private static TransportChoice usable(Transport transport) {
        transport
                .unavailableBecause()
                .ifPresent(
                        reason -> {
                            throw new TransportUnavailableException(transport.type(), reason, null);
                        });
        return new TransportChoice(
                transport, new Backend(transport.type(), List.of(), transport.description()));
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

    static String missing(AsyncType type) {
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
