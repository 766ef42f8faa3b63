package io.tardy.transport.poll;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The options that a stream socket was given. They outlive its channel when it becomes a listener,
 * and go on to the connections that it accepts, as the systems do it; the JDK's listeners have few
 * options themselves.
 */
final class StreamOptions {

    /** What the JDK has for the Unix domain. */
    static final Set<SocketOption<?>> UNIX =
            Set.of(
                    StandardSocketOptions.SO_RCVBUF,
                    StandardSocketOptions.SO_SNDBUF,
                    StandardSocketOptions.SO_LINGER);

    /** These concern the listener's own address, or come with the connection anyway. */
    private static final Set<SocketOption<?>> NOT_INHERITED =
            Set.of(
                    StandardSocketOptions.SO_REUSEADDR,
                    StandardSocketOptions.SO_REUSEPORT,
                    StandardSocketOptions.SO_RCVBUF);

    /** As of the JDK: an option that nobody set. */
    private static final int LINGER_OFF = -1;

    private final Map<SocketOption<?>, Object> values = new ConcurrentHashMap<>();

    void remember(SocketOption<?> option, Object value) {
        values.put(option, value);
    }

    /** What the options of a channel are that the next one would have differently by itself. */
    void keepOf(SocketChannel channel) throws IOException {
        if (channel.supportedOptions().contains(StandardSocketOptions.SO_REUSEADDR)) {
            remember(
                    StandardSocketOptions.SO_REUSEADDR,
                    channel.getOption(StandardSocketOptions.SO_REUSEADDR));
        }
        if (!values.containsKey(StandardSocketOptions.SO_SNDBUF)) {
            sendBufferBytes = channel.getOption(StandardSocketOptions.SO_SNDBUF);
        }
    }

    /** The system's own choice, for who asks a listener. */
    private volatile int sendBufferBytes;

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

    /** Those that an accepted connection has from its listener. */
    StreamOptions inherited() {
        StreamOptions inherited = new StreamOptions();
        inherited.values.putAll(values);
        inherited.values.keySet().removeAll(NOT_INHERITED);
        return inherited;
    }

    /** Sets on a channel those that it has. */
    void applyTo(NetworkChannel channel) throws IOException {
        for (Map.Entry<SocketOption<?>, Object> entry : values.entrySet()) {
            if (channel.supportedOptions().contains(entry.getKey())) {
                ChannelSocket.setOption(channel, entry.getKey(), entry.getValue());
            }
        }
    }
}
