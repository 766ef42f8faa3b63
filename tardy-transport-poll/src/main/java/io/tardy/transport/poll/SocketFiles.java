package io.tardy.transport.poll;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * The files of sockets of the Unix domain: a bind makes one, and the transport replaces it when the
 * socket becomes a listener.
 *
 * <p>A {@code SelectorProvider} that is given to {@link PollTransport}, and whose sockets have
 * their files elsewhere than in the JDK's default file system, implements this too and is asked
 * instead. Public for authors of such providers.
 */
public interface SocketFiles {

    /**
     * What tells the file at a path from all others, also from one that was there before; null if
     * nothing does. Links are not followed.
     *
     * @throws IOException if there is no such file, or it cannot be examined
     */
    Object fileKey(Path path) throws IOException;

    /**
     * Removes a file.
     *
     * @throws IOException if there is no such file, or it cannot be removed
     */
    void delete(Path path) throws IOException;

    /**
     * How many bytes of a stream of the Unix domain can be received without a wait. The JDK knows
     * it of its own channels only, and says 0 of others.
     */
    default int available(SocketChannel stream) throws IOException {
        return Channels.newInputStream(stream).available();
    }
}
