package io.tardy.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.tardy.Deadline;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.ProxyException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The load balancers and proxies that may say for whom they connect, by their addresses. What
 * anybody else says is refused or left alone: a client could name any address.
 *
 * <p>They say it before the first byte of a connection, in the PROXY protocol ({@link #readHeader},
 * {@link #serving}, {@link #channelHandler}), or in the fields of an HTTP request ({@link
 * #forwarded}, {@link #xForwardedFor}). The PROXY protocol wants Netty's {@code
 * netty-codec-haproxy} beside Tardy; without it these calls throw {@link IllegalStateException}.
 *
 * <p>Immutable, for any thread.
 */
public final class TrustedProxies {

    /**
     * The longest header that is taken: 4 KiB. Version 1 has at most 107 bytes; version 2 has 52
     * and what it says more, which is long with certificates only.
     */
    static final int HEADER_BYTES_MAX = 4 * 1024;

    /** A Unix socket without a name. */
    private static final SocketAddress NAMELESS = UnixDomainSocketAddress.of("");

    /** A proxy sends its header when it connects. */
    private static final Duration WITHIN = Duration.ofSeconds(5);

    private static final String ENDED_BEFORE = "the connection has ended before";

    private static final String UNIX = "unix:";

    /** Of all channels. */
    private static final ProxyServing.Once LOGGED = new ProxyServing.Once();

    private final List<AddressBlock> blocks;
    private final boolean trustsUnix;
    private final Duration within;

    private TrustedProxies(List<AddressBlock> blocks, boolean trustsUnix, Duration within) {
        this.blocks = blocks;
        this.trustsUnix = trustsUnix;
        this.within = within;
    }

    /**
     * Those at these addresses.
     *
     * @param blocks addresses ({@code 192.0.2.7}, {@code 2001:db8::7}), blocks ({@code 10.0.0.0/8},
     *     {@code fd00::/8}), and {@code unix:} for whoever connects through a Unix socket; no names
     * @throws IllegalArgumentException if one is none of these, or has bits behind its block's
     */
    public static TrustedProxies of(String... blocks) {
        List<AddressBlock> parsed = new ArrayList<>();
        boolean trustsUnix = false;
        for (String block : blocks) {
            if (block.equals(UNIX)) {
                trustsUnix = true;
            } else {
                parsed.add(AddressBlock.parse(block));
            }
        }
        return new TrustedProxies(List.copyOf(parsed), trustsUnix, WITHIN);
    }

    /** The same, whose headers must have come in this time after the accept; 5 s by default. */
    public TrustedProxies headerWithin(Duration within) {
        return new TrustedProxies(blocks, trustsUnix, Objects.requireNonNull(within));
    }

    /**
     * Whether it is one of them. Null is not, for it may be anybody's connection that is gone. Many
     * channels tell it of a Unix socket without a name, too: if it is known to be one, ask for
     * {@code UnixDomainSocketAddress.of("")}.
     */
    public boolean contains(@Nullable SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? contains(inet.getAddress())
                : address != null && trustsUnix;
    }

    private boolean contains(@Nullable InetAddress address) {
        if (address != null) {
            for (AddressBlock block : blocks) {
                if (block.contains(address)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Waits for the header with which an accepted connection begins, and takes it. The next {@code
     * recv} gets the byte behind it; so TLS may begin there. On any failure the socket is closed,
     * for what is left of it cannot be understood.
     *
     * @throws ProxyException if the peer is none of these; if it sends no header, or one that is
     *     illegal or too long, or not in time; if the connection ends
     * @throws IllegalStateException outside of a frame, or without {@code netty-codec-haproxy}
     */
    public ProxyHeader readHeader(Socket peer) throws IOException {
        boolean isRead = false;
        try {
            ProxyDecoder.requireThere();
            ProxyHeader header = readFrom(peer);
            isRead = true;
            return header;
        } finally {
            if (!isRead) {
                peer.close();
            }
        }
    }

    private ProxyHeader readFrom(Socket peer) throws IOException {
        SocketAddress remote = peer.remoteAddress();
        SocketAddress local = peer.localAddress();
        ByteBuf header = Unpooled.buffer(0, HEADER_BYTES_MAX);
        try {
            requireTrusted(remote, local);
            Deadline.within(within, () -> receive(peer, header));
            return ProxyDecoder.decode(header, header.readableBytes(), remote, local);
        } catch (ProxyException e) {
            throw e.from(remote);
        } catch (CancelledException e) {
            throw e;
        } catch (DeadlineExceededException e) {
            ProxyException late = late().from(remote);
            late.addSuppressed(e);
            throw late;
        } catch (TardyIOException e) {
            if (e.error() == RecvError.CONNECTION_RESET_BY_PEER) {
                throw ended(header.isReadable())
                        .from(remote); // the way in which HAProxy ends a plain check
            }
            throw e;
        } finally {
            header.release();
        }
    }

    /** Takes no byte behind the header: at most as many as are certainly missing. */
    private static void receive(Socket peer, ByteBuf header) throws IOException {
        for (int needed;
                (needed = ProxyBytes.needed(header, HEADER_BYTES_MAX)) > header.readableBytes(); ) {
            header.capacity(needed);
            if (peer.recv(header) < 0) {
                throw ended(header.isReadable());
            }
        }
    }

    static ProxyException ended(boolean within) {
        return within
                ? ProxyException.of(Kind.CUT, "the connection has ended within it")
                : ProxyException.of(Kind.PROBE, ENDED_BEFORE);
    }

    ProxyException late() {
        return ProxyException.of(Kind.LATE, "it had not come in " + within);
    }

    long withinNanos() {
        return TimeUnit.NANOSECONDS.convert(within);
    }

    /** Of a connection; one of TCP without a remote address was reset, and is no Unix socket. */
    void requireTrusted(@Nullable SocketAddress remote, @Nullable SocketAddress local)
            throws ProxyException {
        if (remote == null && local instanceof InetSocketAddress) {
            throw ProxyException.of(Kind.PROBE, ENDED_BEFORE);
        } else if (!contains(remote == null ? NAMELESS : remote)) {
            throw ProxyException.of(
                    Kind.UNTRUSTED,
                    "it is not taken from there, only from the trusted proxies: " + this);
        }
    }

    /** Serves one connection, behind its header. */
    @FunctionalInterface
    public interface Handler {
        void handle(Socket peer, ProxyHeader header) throws Exception;
    }

    /**
     * For {@link Socket#serve}: what it accepts gives its header, as by {@link #readHeader}, and
     * then has this handler, in the connection's frame; the connection is closed when it returns.
     * Who is refused is only disconnected: each kind of failure is logged once, and no frame fails
     * of it. Who connects and says nothing at all, as some health checks do, is not logged.
     */
    public Socket.ConnectionHandler serving(Handler handler) {
        ProxyDecoder.requireThere();
        return new ProxyServing(this, Objects.requireNonNull(handler));
    }

    /**
     * For Netty's channels: a new handler, for one channel, that takes the header off what comes,
     * keeps it for {@link ProxyHeader#of(io.netty.channel.Channel)}, and leaves the pipeline. It
     * stands first there, before TLS. Refusals are as of {@link #serving}: those behind it see the
     * end of the connection.
     */
    public ChannelHandler channelHandler() {
        ProxyDecoder.requireThere();
        return new ProxyHandler(this, LOGGED);
    }

    /**
     * Whom a request was forwarded for, by its fields {@code Forwarded} (RFC 7239). From the peer
     * backwards, the first address that is none of these: what stands before it, the client itself
     * may have written, well-formed or not. If all are, the one that stands first; if one of these
     * has not told an address ({@code unknown}, {@code _hidden}), the last one known.
     *
     * <p>Take only the field that your proxies set or remove: what they pass on, anybody may have
     * written.
     *
     * @param peer of the connection, or of its {@link ProxyHeader}; null is nobody, as of {@link
     *     #contains}
     * @param lines the values of all fields of this name, in their order
     * @return null if nobody is known: without a peer, or behind a Unix socket
     */
    public @Nullable InetAddress forwarded(@Nullable SocketAddress peer, List<String> lines) {
        return client(peer, lines, ForwardedFor::ofForwarded);
    }

    /** {@link #forwarded} by the older fields {@code X-Forwarded-For}. */
    public @Nullable InetAddress xForwardedFor(@Nullable SocketAddress peer, List<String> lines) {
        return client(peer, lines, ForwardedFor::ofList);
    }

    private @Nullable InetAddress client(
            @Nullable SocketAddress peer,
            List<String> lines,
            Function<String, List<@Nullable InetAddress>> parser) {
        InetAddress known = peer instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if (!contains(peer)) {
            return known;
        }
        for (String line : lines.reversed()) {
            for (InetAddress node : parser.apply(line).reversed()) {
                if (node == null) {
                    return known;
                }
                known = node;
                if (!contains(node)) {
                    return known;
                }
            }
        }
        return known;
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        blocks.forEach(block -> all.add(block.toString()));
        if (trustsUnix) {
            all.add(UNIX);
        }
        return all.isEmpty() ? "none" : String.join(", ", all);
    }
}
