package io.tardy.transport.poll;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The files of sockets of the Unix domain: a bind makes one, and the transport must replace it when
 * the socket becomes a listener. A {@link SelectorProvider} whose sockets have their files
 * elsewhere than in the JDK's default file system implements this too, and is asked instead.
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

    /** The provider itself if it is one, else the JDK's files. */
    static SocketFiles of(SelectorProvider provider) {
        return provider instanceof SocketFiles own
                ? own
                : new SocketFiles() {
                    @Override
                    public Object fileKey(Path path) throws IOException {
                        return Files.readAttributes(
                                        path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                                .fileKey();
                    }

                    @Override
                    public void delete(Path path) throws IOException {
                        Files.delete(path);
                    }
                };
    }
}
