package io.tardy.sim.net;

import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.Map;

/**
 * The options of a simulated channel as the JDK's sockets ask their implementations for them, by
 * number.
 */
final class AdaptedOptions {

    private static final int LINGER_OFF = -1;

    private static final Map<Integer, SocketOption<?>> BY_NUMBER =
            Map.of(
                    SocketOptions.TCP_NODELAY, StandardSocketOptions.TCP_NODELAY,
                    SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEADDR,
                    SocketOptions.SO_BROADCAST, StandardSocketOptions.SO_BROADCAST,
                    SocketOptions.SO_LINGER, StandardSocketOptions.SO_LINGER,
                    SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_SNDBUF,
                    SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_RCVBUF,
                    SocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_KEEPALIVE,
                    SocketOptions.IP_TOS, StandardSocketOptions.IP_TOS);

    private final NetworkChannel channel;
    private final OptionValues values;

    AdaptedOptions(NetworkChannel channel, OptionValues values) {
        this.channel = channel;
        this.values = values;
    }

    void set(int number, Object value) throws SocketException {
        requireOpen();
        if (number == SocketOptions.SO_LINGER && value.equals(false)) {
            values.set(StandardSocketOptions.SO_LINGER, LINGER_OFF);
        } else {
            values.setUntyped(option(number), value);
        }
    }

    Object get(int number) throws SocketException {
        requireOpen();
        return values.get(option(number));
    }

    private static SocketOption<?> option(int number) {
        SocketOption<?> option = BY_NUMBER.get(number);
        if (option == null) {
            throw refusal();
        }
        return option;
    }

    private void requireOpen() throws SocketException {
        if (!channel.isOpen()) {
            throw new SocketException("Socket is closed");
        }
    }

    /** Of all that the socket of a simulated channel does not do. */
    static UnsupportedOperationException refusal() {
        return new UnsupportedOperationException(
                "the socket of a simulated channel has addresses and options only: use the"
                        + " channel");
    }
}
