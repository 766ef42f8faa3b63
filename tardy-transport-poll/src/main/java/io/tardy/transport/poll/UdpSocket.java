package io.tardy.transport.poll;

import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.SocketError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A UDP socket. */
final class UdpSocket extends ChannelSocket {

    /** No UDP datagram is longer. */
    private static final int UDP_BYTES_MAX = 65_507;

    /** What decides whether and where to a datagram goes. */
    private static final List<SocketOption<?>> SENDING_OPTIONS =
            List.of(
                    StandardSocketOptions.SO_BROADCAST,
                    StandardSocketOptions.IP_MULTICAST_IF,
                    StandardSocketOptions.IP_MULTICAST_TTL,
                    StandardSocketOptions.IP_MULTICAST_LOOP);

    /** A group, as heard at an interface. */
    private record Membership(InetAddress group, NetworkInterface via) {}

    private final SelectorProvider provider;
    private final DatagramChannel channel;

    /** Used while the socket's own lock is held. */
    private final Map<Membership, MembershipKey> memberships = new HashMap<>(0);

    private UdpSocket(SelectorProvider provider, DatagramChannel channel) {
        super(SocketKind.UDP);
        this.provider = provider;
        this.channel = channel;
    }

    static UdpSocket open(SelectorProvider provider) throws IOException {
        DatagramChannel channel = provider.openDatagramChannel();
        try {
            channel.configureBlocking(false);
            return new UdpSocket(provider, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    SelectableChannel channel() {
        return channel;
    }

    @Override
    int readOp() {
        return SelectionKey.OP_READ;
    }

    @Override
    int writeOp() {
        return SelectionKey.OP_WRITE;
    }

    /** The JDK does not tell an empty datagram from none: it is passed over. */
    @Override
    int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        if (!from.hasRemaining() && channel.isConnected()) {
            sendNothing();
            return 0;
        }
        return channel.write(from);
    }

    /**
     * The JDK writes no empty datagram where a channel is connected, but where it is not: so
     * another one at the same address sends it. What arrives meanwhile is still ours, for to the
     * system the connected one fits better.
     */
    private void sendNothing() throws IOException {
        boolean isShared = channel.getOption(StandardSocketOptions.SO_REUSEADDR);
        try (DatagramChannel other = provider.openDatagramChannel()) {
            other.configureBlocking(false);
            for (SocketOption<?> option : SENDING_OPTIONS) {
                Object value = channel.getOption(option);
                if (value != null) {
                    setOption(other, option, value);
                }
            }
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            other.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            other.bind(channel.getLocalAddress());
            other.send(ByteBuffer.allocate(0), channel.getRemoteAddress());
        } finally {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, isShared);
        }
    }

    @Override
    public Datagram recvFrom(ByteBuffer into) throws TardyIOException {
        int room = into.remaining();
        SocketAddress[] sender = new SocketAddress[1];
        int outcome =
                exclusively(
                        ChannelGuard.READING,
                        () -> {
                            sender[0] = channel.receive(into);
                            return 0;
                        });
        if (outcome == 0 || outcome == -Errno.EAGAIN.number()) {
            int length = room - into.remaining();
            return sender[0] == null
                    ? null
                    : new Datagram(sender[0], length, length == room && length > UDP_BYTES_MAX);
        }
        throw new TardyIOException("recv", RecvError.class, -outcome);
    }

    @Override
    public int sendTo(ByteBuffer from, SocketAddress to) {
        return exclusively(
                ChannelGuard.WRITING,
                () -> {
                    int asked = from.remaining();
                    if (asked == 0 && to.equals(channel.getRemoteAddress())) {
                        return write(from);
                    }
                    int count = channel.send(from, to);
                    return count > 0 || asked == 0 ? count : -Errno.EAGAIN.number();
                });
    }

    @Override
    public SocketHandle accept() throws TardyIOException {
        throw unsupported("accept");
    }

    @Override
    public int connect(SocketAddress address) {
        try {
            SocketAddress before = channel.getRemoteAddress();
            if (before != null) {
                channel.disconnect(); // the JDK wants it said; the local address stays
            }
            try {
                channel.connect(address);
            } catch (IOException | RuntimeException e) {
                if (before != null) {
                    channel.connect(before); // to the system nothing has changed
                }
                throw e;
            }
            return 0;
        } catch (IOException | RuntimeException e) {
            return -ChannelErrors.errnoOf(e);
        }
    }

    @Override
    public int finishConnect() {
        return 0;
    }

    @Override
    protected void doBind(SocketAddress address) throws TardyIOException {
        systemCall("bind", () -> channel.bind(address));
    }

    @Override
    protected void doListen(int backlog) throws TardyIOException {
        throw unsupported("listen");
    }

    @Override
    protected void doShutdownOutput() throws TardyIOException {
        throw unsupported("shutdown");
    }

    @Override
    protected void doJoin(InetAddress group, NetworkInterface via, boolean joins)
            throws TardyIOException {
        systemCall(
                joins ? "join" : "leave",
                () -> {
                    Membership membership = new Membership(group, via);
                    if (joins) {
                        if (memberships.containsKey(membership)) {
                            throw new ErrnoIOException(Errno.EADDRINUSE);
                        }
                        memberships.put(membership, channel.join(group, via));
                        return;
                    }
                    MembershipKey key = memberships.remove(membership);
                    if (key == null) {
                        throw new ErrnoIOException(Errno.EADDRNOTAVAIL);
                    }
                    key.drop();
                });
    }

    private static TardyIOException unsupported(String operation) {
        return new TardyIOException(
                operation, SocketError.OPERATION_NOT_SUPPORTED, Errno.EOPNOTSUPP.number());
    }

    @Override
    protected SocketAddress doLocalAddress() {
        return addressOrNull(channel::getLocalAddress);
    }

    @Override
    protected SocketAddress doRemoteAddress() {
        return addressOrNull(channel::getRemoteAddress);
    }

    @Override
    void setOptionOf(SocketOption<?> option, Object value) throws IOException {
        setOption(channel, option, value);
    }

    @Override
    Object optionOf(SocketOption<?> option) throws IOException {
        return channel.getOption(option);
    }
}
