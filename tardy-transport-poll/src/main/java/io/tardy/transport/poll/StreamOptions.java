package io.tardy.transport.poll;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * The options of a stream socket that becomes a listener, which is another channel, and one of few
 * options: the JDK's listeners have none that concern connections only.
 *
 * @param told what the socket was told before
 * @param sendBufferBytes the system's own choice, for a listener's getOption
 */
record StreamOptions(Map<SocketOption<?>, Object> told, int sendBufferBytes) {

    /** What the JDK returns for an option that was never set. */
    private static final int LINGER_OFF = -1;

    /** Those of a channel that is to be replaced. */
    static StreamOptions of(SocketChannel channel, Map<SocketOption<?>, Object> told)
            throws IOException {
        Map<SocketOption<?>, Object> options = new HashMap<>(told);
        SocketOption<Boolean> reuse = StandardSocketOptions.SO_REUSEADDR;
        if (channel.supportedOptions().contains(reuse)) {
            options.put(reuse, channel.getOption(reuse)); // a listener's default is another
        }
        return new StreamOptions(options, channel.getOption(StandardSocketOptions.SO_SNDBUF));
    }

    /** Those of a listener that others have opened: nobody has told us of any. */
    static StreamOptions ofSystem() throws IOException {
        try (SocketChannel any = SocketChannel.open()) {
            return new StreamOptions(Map.of(), any.getOption(StandardSocketOptions.SO_SNDBUF));
        }
    }

    /** Sets on a listener's channel what it has of them. */
    void applyTo(ServerSocketChannel listener) throws IOException {
        for (Map.Entry<SocketOption<?>, Object> entry : told.entrySet()) {
            if (listener.supportedOptions().contains(entry.getKey())) {
                ChannelSocket.setOption(listener, entry.getKey(), entry.getValue());
            }
        }
    }

    /** The value of an option that was never set and that the listener's channel does not have. */
    Object untold(SocketOption<?> option) {
        if (option == StandardSocketOptions.SO_SNDBUF) {
            return sendBufferBytes;
        }
        return option == StandardSocketOptions.SO_LINGER ? (Object) LINGER_OFF : (Object) false;
    }
}
