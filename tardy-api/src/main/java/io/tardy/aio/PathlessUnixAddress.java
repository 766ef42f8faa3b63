package io.tardy.aio;

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Unix socket without a path: it has an abstract name, which is bytes and no file,
 * or none at all. See unix(7). Only Linux has abstract names.
 *
 * <p>{@code Socket.recvFrom} and {@code Socket.remoteAddress} tell it of others' sockets; a
 * datagram can be sent to an abstract name. Two are equal if their names are.
 */
public final class PathlessUnixAddress extends SocketAddress {

    private static final long serialVersionUID = 1L;

    /** Of a socket that is not bound; nothing can be sent there. */
    public static final PathlessUnixAddress UNNAMED = new PathlessUnixAddress(null);

    /** Null of {@link #UNNAMED}. */
    private final byte[] name;

    private PathlessUnixAddress(byte[] name) {
        this.name = name;
    }

    /**
     * The address with this abstract name.
     *
     * @param name without the zero byte with which the system marks it; may have any bytes
     */
    public static PathlessUnixAddress ofAbstract(byte[] name) {
        return new PathlessUnixAddress(name.clone());
    }

    /** The address with this abstract name, in UTF-8. */
    public static PathlessUnixAddress ofAbstract(String name) {
        return new PathlessUnixAddress(name.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it has no name. */
    public boolean isUnnamed() {
        return name == null;
    }

    /** The bytes of the abstract name, without the zero byte in front; empty if it has none. */
    public byte[] name() {
        return name == null ? new byte[0] : name.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathlessUnixAddress address && Arrays.equals(name, address.name);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(name);
    }

    /**
     * An abstract name behind an {@code @}, as ss(8) writes it, other bytes than ASCII's as hex.
     */
    @Override
    public String toString() {
        if (name == null) {
            return "unnamed";
        }
        StringBuilder text = new StringBuilder("@");
        for (byte b : name) {
            text.append(b > ' ' && b < 0x7f && b != '\\' ? (char) b : "\\x%02x".formatted(b));
        }
        return text.toString();
    }
}
