package io.tardy.transport.poll;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The sockets' files in the JDK's default file system. */
final class JdkSocketFiles implements SocketFiles {

    private static final SocketFiles ALL = new JdkSocketFiles();

    private JdkSocketFiles() {}

    /** The provider itself if it has its files elsewhere. */
    static SocketFiles unlessOf(SelectorProvider provider) {
        return provider instanceof SocketFiles own ? own : ALL;
    }

    @Override
    public Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    @Override
    public void delete(Path path) throws IOException {
        Files.delete(path);
    }
}
