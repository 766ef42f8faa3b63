package io.tardy.transport.poll;

import io.tardy.aio.SocketKind;
import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * A channel of the JDK's for a listener that others have opened. The JDK has such a constructor for
 * the one listener that inetd passes as standard input, and lets nobody else call it.
 */
final class InheritedChannel {

    private InheritedChannel() {}

    /**
     * Makes one, which owns the descriptor.
     *
     * @throws UnsupportedOperationException if the JDK keeps it from us; the message has the flag
     */
    static ServerSocketChannel open(SelectorProvider provider, SocketKind kind, int descriptor)
            throws IOException {
        ProtocolFamily family =
                kind.isUnix() ? StandardProtocolFamily.UNIX : familyOfInternet(provider);
        try {
            Constructor<?> constructor =
                    Class.forName("sun.nio.ch.ServerSocketChannelImpl")
                            .getDeclaredConstructor(
                                    SelectorProvider.class,
                                    ProtocolFamily.class,
                                    FileDescriptor.class,
                                    boolean.class);
            constructor.setAccessible(true);
            Object number =
                    Class.forName("sun.nio.ch.IOUtil")
                            .getMethod("newFD", int.class)
                            .invoke(null, descriptor);
            return (ServerSocketChannel) constructor.newInstance(provider, family, number, true);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException | RuntimeException e) {
            Module module = InheritedChannel.class.getModule();
            throw new UnsupportedOperationException(
                    "poll takes a listener of another process only with --add-opens"
                            + " java.base/sun.nio.ch="
                            + (module.isNamed() ? module.getName() : "ALL-UNNAMED")
                            + "; io_uring and epoll need no flag",
                    e);
        }
    }

    /** That of the JDK's own: IPv6, for both, wherever the system has it. */
    private static ProtocolFamily familyOfInternet(SelectorProvider provider) throws IOException {
        try {
            provider.openServerSocketChannel(StandardProtocolFamily.INET6).close();
            return StandardProtocolFamily.INET6;
        } catch (UnsupportedOperationException e) {
            return StandardProtocolFamily.INET;
        }
    }
}
