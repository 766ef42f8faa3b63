package io.tardy.transport.poll;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The options that a stream socket was given. They outlive its channel when it becomes a listener,
 * and go on to the connections that it accepts, as the systems do it; the JDK's listeners have few
 * options themselves.
 */
final class StreamOptions {

    /** These concern the listener's own address, or come with the connection anyway. */
    private static final Set<SocketOption<?>> NOT_INHERITED =
            Set.of(
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_RCVBUF);

    /** What the JDK says of an option that nobody has set. */
    private static final int LINGER_OFF = -1;

    /** Replaced as a whole; few sockets have any. */
    private volatile Map<SocketOption<?>, Object> values = Map.of();

    /** The system's own choice, for who asks a listener. */
    private volatile int sendBufferBytes;

    void remember(SocketOption<?> option, Object value) {
        Map<SocketOption<?>, Object> changed = new HashMap<>(values);
        changed.put(option, value);
        values = changed;
    }

    /** Remembers what the next channel would have differently by itself. */
    void keepOf(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEADDR)) {
            remember(
                    StandardSocketOptions.SO_REUSEADDR,
                    channel.getOption(StandardSocketOptions.SO_REUSEADDR));
        }
        sendBufferBytes = channel.getOption(StandardSocketOptions.SO_SNDBUF);
    }

    /** The value of an option that the listener's channel does not have. */
    Object remembered(SocketOption<?> option) {
        Object value = values.get(option);
        if (value != null) {
            return value;
        }
        if (option == StandardSocketOptions.SO_SNDBUF) {
            return sendBufferBytes;
        }
        return option == StandardSocketOptions.SO_LINGER ? (Object) LINGER_OFF : (Object) false;
    }

    /** Sets on a listener's channel what it has of them. */
    void applyTo(ServerSocketChannel listener) throws IOException {
        for (Map.Entry<SocketOption<?>, Object> entry : values.entrySet()) {
            if (listener.supportedOptions().contains(entry.getKey())) {
                ChannelSocket.setOption(listener, entry.getKey(), entry.getValue());
            }
        }
    }

    /** Sets on a connection what it has from its listener. */
    void handDownTo(SocketChannel accepted) throws IOException {
        for (Map.Entry<SocketOption<?>, Object> entry : values.entrySet()) {
            if (!NOT_INHERITED.contains(entry.getKey())) {
                ChannelSocket.setOption(accepted, entry.getKey(), entry.getValue());
            }
        }
    }
}
