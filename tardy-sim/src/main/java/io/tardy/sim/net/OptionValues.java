package io.tardy.sim.net;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The options of a socket: each has a value from the beginning, and keeps what is set. */
final class OptionValues {

    private static final int STREAM_BUFFER_BYTES = 65_536;
    private static final int DATAGRAM_BUFFER_BYTES = 212_992;
    private static final int TOS_MAX = 255;
    private static final int LINGER_OFF = -1;

    private final Map<SocketOption<?>, Object> values;

    private OptionValues(Map<SocketOption<?>, Object> values) {
        this.values = values;
    }

    /** Of a connection. */
    static OptionValues stream(boolean isUnix) {
        Map<SocketOption<?>, Object> values = new LinkedHashMap<>();
        values.put(StandardSocketOptions.SO_SNDBUF, STREAM_BUFFER_BYTES);
        values.put(StandardSocketOptions.SO_RCVBUF, STREAM_BUFFER_BYTES);
        values.put(StandardSocketOptions.SO_LINGER, LINGER_OFF);
        if (!isUnix) {
            values.put(StandardSocketOptions.SO_KEEPALIVE, false);
            values.put(StandardSocketOptions.SO_REUSEADDR, false);
            values.put(StandardSocketOptions.SO_REUSEPORT, false);
            values.put(StandardSocketOptions.TCP_NODELAY, false);
            values.put(StandardSocketOptions.IP_TOS, 0);
        }
        return new OptionValues(values);
    }

    /** Of a listener; the JDK lets its listeners reuse an address. */
    static OptionValues listener(boolean isUnix) {
        Map<SocketOption<?>, Object> values = new LinkedHashMap<>();
        values.put(StandardSocketOptions.SO_RCVBUF, STREAM_BUFFER_BYTES);
        if (!isUnix) {
            values.put(StandardSocketOptions.SO_REUSEADDR, true);
            values.put(StandardSocketOptions.SO_REUSEPORT, false);
        }
        return new OptionValues(values);
    }

    static OptionValues datagrams() {
        Map<SocketOption<?>, Object> values = new LinkedHashMap<>();
        values.put(StandardSocketOptions.SO_SNDBUF, DATAGRAM_BUFFER_BYTES);
        values.put(StandardSocketOptions.SO_RCVBUF, DATAGRAM_BUFFER_BYTES);
        values.put(StandardSocketOptions.SO_REUSEADDR, false);
        values.put(StandardSocketOptions.SO_REUSEPORT, false);
        values.put(StandardSocketOptions.SO_BROADCAST, false);
        values.put(StandardSocketOptions.IP_TOS, 0);
        values.put(StandardSocketOptions.IP_MULTICAST_IF, null);
        values.put(StandardSocketOptions.IP_MULTICAST_TTL, 1);
        values.put(StandardSocketOptions.IP_MULTICAST_LOOP, true);
        return new OptionValues(values);
    }

    Set<SocketOption<?>> supported() {
        return Collections.unmodifiableSet(values.keySet());
    }

    <T> T get(SocketOption<T> option) {
        requireSupported(option);
        return option.type().cast(values.get(option));
    }

    <T> void set(SocketOption<T> option, T value) {
        setUntyped(option, value);
    }

    /** {@link #set} of a value that may be none for this option. */
    void setUntyped(SocketOption<?> option, Object value) {
        requireSupported(option);
        if (value == null || !option.type().isInstance(value)) {
            throw new IllegalArgumentException(option.name() + ": invalid value " + value);
        }
        if (value instanceof Integer number && !isValid(option, number)) {
            throw new IllegalArgumentException(option.name() + ": " + number + " is out of range");
        }
        values.put(option, value);
    }

    /** A flag that may not be there, and then is not set. */
    boolean has(SocketOption<Boolean> option) {
        return values.get(option) == Boolean.TRUE;
    }

    /** Whether a close resets the connection. */
    boolean closeResets() {
        return Objects.equals(values.get(StandardSocketOptions.SO_LINGER), 0);
    }

    private void requireSupported(SocketOption<?> option) {
        if (!values.containsKey(Objects.requireNonNull(option, "option"))) {
            throw new UnsupportedOperationException(
                    "'" + option.name() + "' not supported by simulated sockets of this kind");
        }
    }

    private static boolean isValid(SocketOption<?> option, int value) {
        if (option == StandardSocketOptions.SO_SNDBUF
                || option == StandardSocketOptions.SO_RCVBUF) {
            return value > 0;
        }
        if (option == StandardSocketOptions.IP_TOS
                || option == StandardSocketOptions.IP_MULTICAST_TTL) {
            return value >= 0 && value <= TOS_MAX;
        }
        return true;
    }
}
