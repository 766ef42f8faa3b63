package io.tardy.sim.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelId;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.AbstractNioMessageChannel;
import io.netty.channel.socket.DatagramChannelConfig;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.DefaultDatagramChannelConfig;
import io.netty.util.internal.StringUtil;
import io.tardy.sim.net.CurrentNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.List;

/**
 * Netty's channel for UDP, on the simulated host whose program makes it: Netty's own cannot be
 * extended. Groups of multicast are refused.
 *
 * <p>Public for Netty, which makes it.
 */
public final class SimDatagramChannel extends AbstractNioMessageChannel
        implements io.netty.channel.socket.DatagramChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(true, 16);

    private final DatagramChannelConfig config;

    /** On the host of the program that runs now. */
    @SuppressWarnings("this-escape") // the configuration only keeps it
    public SimDatagramChannel() throws IOException {
        super(null, CurrentNode.provider().openDatagramChannel(), SelectionKey.OP_READ);
        config = new DefaultDatagramChannelConfig(this, javaChannel().socket());
        config.setAllocator(SimSocketChannel.HEAP);
    }

    @Override
    protected ChannelId newId() {
        return SimChannelId.next();
    }

    @Override
    protected DefaultChannelPipeline newChannelPipeline() {
        return new SimPipeline(this);
    }

    @Override
    protected DatagramChannel javaChannel() {
        return (DatagramChannel) super.javaChannel();
    }

    @Override
    public DatagramChannelConfig config() {
        return config;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isActive() {
        return isOpen() && localAddress0() != null;
    }

    @Override
    public boolean isConnected() {
        return javaChannel().isConnected();
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    protected SocketAddress localAddress0() {
        try {
            return javaChannel().getLocalAddress();
        } catch (IOException e) {
            return null; // it is closed
        }
    }

    @Override
    protected SocketAddress remoteAddress0() {
        try {
            return javaChannel().getRemoteAddress();
        } catch (IOException e) {
            return null; // it is closed
        }
    }

    @Override
    protected void doBind(SocketAddress address) throws Exception {
        javaChannel().bind(address);
    }

    @Override
    protected boolean doConnect(SocketAddress remote, SocketAddress local) throws Exception {
        if (local != null) {
            doBind(local);
        }
        javaChannel().connect(remote);
        return true;
    }

    @Override
    protected void doFinishConnect() {
        throw new AssertionError("a connect of UDP does not wait");
    }

    @Override
    protected void doDisconnect() throws Exception {
        javaChannel().disconnect();
    }

    @Override
    protected void doClose() throws Exception {
        javaChannel().close();
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own handles are of that type
    protected int doReadMessages(List<Object> messages) throws Exception {
        RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
        ByteBuf into = handle.allocate(config.getAllocator());
        handle.attemptedBytesRead(into.writableBytes());
        boolean isTaken = false;
        try {
            ByteBuffer bytes = into.internalNioBuffer(into.writerIndex(), into.writableBytes());
            int begin = bytes.position();
            SocketAddress sender = javaChannel().receive(bytes);
            if (sender == null) {
                return 0;
            }
            handle.lastBytesRead(bytes.position() - begin);
            into.writerIndex(into.writerIndex() + handle.lastBytesRead());
            messages.add(new DatagramPacket(into, localAddress(), (InetSocketAddress) sender));
            isTaken = true;
            return 1;
        } finally {
            if (!isTaken) {
                into.release();
            }
        }
    }

    @Override
    protected boolean doWriteMessage(Object message, ChannelOutboundBuffer buffer)
            throws Exception {
        if (message instanceof AddressedEnvelope<?, ?> envelope
                && envelope.content() instanceof ByteBuf content) {
            return send(content, (SocketAddress) envelope.recipient());
        }
        return send(((ByteBufHolder) message).content(), null);
    }

    private boolean send(ByteBuf content, SocketAddress recipient) throws IOException {
        ByteBuffer bytes = content.nioBuffer();
        int length = bytes.remaining();
        int written =
                recipient == null
                        ? javaChannel().write(bytes)
                        : javaChannel().send(bytes, recipient);
        return length == 0 || written > 0;
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        return switch (message) {
            case DatagramPacket packet -> packet;
            case ByteBuf content -> new DatagramPacket(content, remoteAddress());
            default ->
                    throw new UnsupportedOperationException(
                            "a datagram is a DatagramPacket or a ByteBuf, not "
                                    + StringUtil.simpleClassName(message));
        };
    }

    /** The others may well arrive. */
    @Override
    protected boolean continueOnWriteError() {
        return true;
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetSocketAddress group, NetworkInterface via) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetSocketAddress group, NetworkInterface via, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture joinGroup(InetAddress group, NetworkInterface via, InetAddress source) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture joinGroup(
            InetAddress group, NetworkInterface via, InetAddress source, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetSocketAddress group, NetworkInterface via) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetSocketAddress group, NetworkInterface via, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture leaveGroup(InetAddress group, NetworkInterface via, InetAddress source) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture leaveGroup(
            InetAddress group, NetworkInterface via, InetAddress source, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, NetworkInterface via, InetAddress source) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture block(
            InetAddress group, NetworkInterface via, InetAddress source, ChannelPromise promise) {
        return refuse(promise);
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source) {
        return refuse(newPromise());
    }

    @Override
    public ChannelFuture block(InetAddress group, InetAddress source, ChannelPromise promise) {
        return refuse(promise);
    }

    private static ChannelFuture refuse(ChannelPromise promise) {
        return promise.setFailure(
                new UnsupportedOperationException(
                        "the simulated network has no multicast: send to each member"));
    }
}
