package io.tardy.transport.poll;

import io.tardy.aio.Errno;
import io.tardy.os.FreeDescriptors;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.spi.SelectorProvider;

/**
 * The JDK's classes of sockets, which open descriptors while they are initialised: a pair of
 * sockets for every later close, the native library, sockets that tell what the system has. If that
 * fails because no descriptor is left, they are unusable for as long as the process runs ({@code
 * NoClassDefFoundError}), or take the system for one without IPv6. So they are initialised only
 * once there are enough descriptors; until then a caller can try again.
 */
final class JdkSockets {

    /** More than the initializers have open at the same time. */
    private static final int DESCRIPTORS = 8;

    private static volatile boolean initialized;

    private JdkSockets() {}

    /**
     * Call this before using any other part of the JDK's sockets.
     *
     * @throws ErrnoIOException with {@code EMFILE} for as long as descriptors are short
     */
    static void require() throws IOException {
        if (!initialized) {
            initialize();
        }
    }

    private static synchronized void initialize() throws IOException {
        if (initialized) {
            return;
        }
        if (!FreeDescriptors.areThere(DESCRIPTORS)) {
            throw new ErrnoIOException(Errno.EMFILE);
        }
        SelectorProvider provider = SelectorProvider.provider();
        provider.openSocketChannel().close();
        provider.openServerSocketChannel().close();
        provider.openDatagramChannel().close();
        provider.openSelector().close();
        try {
            provider.openSocketChannel(StandardProtocolFamily.UNIX).close();
        } catch (UnsupportedOperationException e) {
            // This system has none, and whoever opens one is told.
        }
        initialized = true;
    }
}
