package io.tardy.os;

import static io.tardy.aio.SocketKind.TCP;
import static io.tardy.aio.SocketKind.UDP;
import static io.tardy.aio.SocketKind.UNIX;
import static io.tardy.aio.SocketKind.UNIX_DATAGRAM;

import io.tardy.aio.SocketKind;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The options of sockets: which kind has which, with what values. Asked before any transport is, so
 * that all of them take and refuse the same. {@code Socket.setOption} has it for users.
 */
final class SocketOptions {

    /** What the JDK allows; it is more than eighteen hours. */
    private static final int LINGER_SECONDS_MAX = 65_535;

    private static final int TTL_MAX = 255;

    private interface Values {
        /** The value as the transports get it. */
        Object checked(SocketOption<?> option, Object value);
    }

    private record Rule(SocketOption<?> option, List<SocketKind> kinds, Values values) {}

    private static final Values FLAG = (option, value) -> ofType(option, value, Boolean.class);
    private static final Values INTERFACE =
            (option, value) -> ofType(option, value, NetworkInterface.class);
    private static final Values BYTES =
            (option, value) -> {
                int bytes = ofType(option, value, Integer.class);
                if (bytes < 1) {
                    throw misuse(option, value, "at least 1");
                }
                return bytes;
            };
    private static final Values TTL =
            (option, value) -> {
                int hops = ofType(option, value, Integer.class);
                if (hops < 0 || hops > TTL_MAX) {
                    throw misuse(option, value, "from 0 to " + TTL_MAX);
                }
                return hops;
            };
    private static final Values LINGER =
            (option, value) ->
                    Math.clamp(ofType(option, value, Integer.class), -1, LINGER_SECONDS_MAX);

    private static final List<Rule> RULES =
            List.of(
                    new Rule(StandardSocketOptions.TCP_NODELAY, List.of(TCP), FLAG),
                    new Rule(StandardSocketOptions.SO_KEEPALIVE, List.of(TCP), FLAG),
                    new Rule(StandardSocketOptions.SO_REUSEADDR, List.of(TCP, UDP), FLAG),
                    new Rule(StandardSocketOptions.SO_REUSEPORT, List.of(TCP, UDP), FLAG),
                    new Rule(
                            StandardSocketOptions.SO_RCVBUF,
                            List.of(TCP, UNIX, UDP, UNIX_DATAGRAM),
                            BYTES),
                    new Rule(
                            StandardSocketOptions.SO_SNDBUF,
                            List.of(TCP, UNIX, UDP, UNIX_DATAGRAM),
                            BYTES),
                    new Rule(StandardSocketOptions.SO_LINGER, List.of(TCP, UNIX), LINGER),
                    new Rule(StandardSocketOptions.SO_BROADCAST, List.of(UDP), FLAG),
                    new Rule(StandardSocketOptions.IP_MULTICAST_TTL, List.of(UDP), TTL),
                    new Rule(StandardSocketOptions.IP_MULTICAST_LOOP, List.of(UDP), FLAG),
                    new Rule(StandardSocketOptions.IP_MULTICAST_IF, List.of(UDP), INTERFACE));

    private SocketOptions() {}

    /**
     * Checks that sockets of the kind have the option.
     *
     * @throws UnsupportedOperationException if not
     */
    static void require(SocketKind kind, SocketOption<?> option) {
        rule(kind, option);
    }

    /**
     * Checks an option and its value.
     *
     * @return the value to set
     * @throws UnsupportedOperationException if sockets of the kind do not have the option
     * @throws IllegalArgumentException if it has no such value
     */
    static Object checked(SocketKind kind, SocketOption<?> option, Object value) {
        return rule(kind, option).values.checked(option, value);
    }

    private static Rule rule(SocketKind kind, SocketOption<?> option) {
        for (Rule rule : RULES) {
            if (rule.option.equals(option)) {
                if (rule.kinds.contains(kind)) {
                    return rule;
                }
                throw new UnsupportedOperationException(
                        "a "
                                + kind
                                + " socket has no option "
                                + option.name()
                                + "; "
                                + owners(rule));
            }
        }
        throw new UnsupportedOperationException(
                option.name()
                        + " is not supported: use "
                        + RULES.stream()
                                .map(rule -> rule.option.name())
                                .collect(Collectors.joining(", "))
                        + " of java.net.StandardSocketOptions");
    }

    private static String owners(Rule rule) {
        return rule.kinds.stream().map(SocketKind::name).collect(Collectors.joining(" and "))
                + (rule.kinds.size() == 1 ? " has it" : " have it");
    }

    private static <T> T ofType(SocketOption<?> option, Object value, Class<T> type) {
        if (!type.isInstance(value)) {
            String name = type.getSimpleName();
            throw misuse(
                    option, value, ("AEIOU".indexOf(name.charAt(0)) < 0 ? "a " : "an ") + name);
        }
        return type.cast(value);
    }

    private static IllegalArgumentException misuse(
            SocketOption<?> option, Object value, String range) {
        return new IllegalArgumentException(option.name() + ": " + value + ", must be " + range);
    }
}
