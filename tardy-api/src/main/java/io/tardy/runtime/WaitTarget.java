package io.tardy.runtime;

import io.netty.channel.Channel;
import io.tardy.aio.TardyIOException;
import io.tardy.os.FileHandle;
import io.tardy.os.SocketHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Says what a frame waits for, in words; on any thread. What may be of a program's own making is
 * not asked for its text, which could wait, or fail: of that the class is told, and a number.
 */
public final class WaitTarget {

    private WaitTarget() {}

    /**
     * @param target of a {@link FrameLook}
     */
    public static @Nullable String describe(@Nullable Object target) {
        return switch (target) {
            case null -> null;
            case SocketHandle socket -> describe(socket);
            case FileHandle file -> file.toString();
            case SocketAddress address -> describe(address);
            case Path path -> path.toString();
            case Duration delay -> delay.toString();
            case Channel channel -> channel.toString();
            case WaitReason reason -> describe(reason);
            default -> isOurs(target) ? target.toString() : nameOf(target);
        };
    }

    private static String describe(WaitReason reason) {
        String target = describe(reason.target());
        return target == null ? reason.operation() : reason.operation() + " at " + target;
    }

    private static boolean isOurs(Object target) {
        return target.getClass().getModule() == WaitTarget.class.getModule()
                && target.getClass().getName().startsWith("io.tardy.");
    }

    private static String nameOf(Object target) {
        return target.getClass().getName()
                + "@"
                + Integer.toHexString(System.identityHashCode(target));
    }

    private static String describe(SocketHandle socket) {
        String name = socket.toString();
        try {
            SocketAddress local = socket.localAddress();
            SocketAddress remote = socket.remoteAddress();
            return (Character.isDigit(name.charAt(name.length() - 1))
                            ? name // with its descriptor
                            : socket.kind() + " socket")
                    + (local == null ? "" : " at " + describe(local))
                    + (remote == null ? "" : ", peer " + describe(remote));
        } catch (TardyIOException | RuntimeException e) {
            return name; // it is closed by now, or no socket of the network's
        }
    }

    private static String describe(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return address.toString();
        }
        InetAddress host = inet.getAddress();
        String name =
                host == null
                        ? inet.getHostString()
                        : host instanceof Inet6Address
                                ? "[" + host.getHostAddress() + "]"
                                : host.getHostAddress();
        return name + ":" + inet.getPort();
    }
}
