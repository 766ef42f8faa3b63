package io.tardy.testsuite.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.EventExecutorChooserFactory;

/**
 * Where one end of a test has its loops and channels from: the whole of what a transport is to this
 * suite.
 */
interface Provider {

    /** As many as the suite has by itself. */
    int THREADS = 4;

    /** The group that all tests share; its threads are daemons. */
    EventLoopGroup group();

    /** A group of its own for a test that shuts it down, with the default number of threads. */
    EventLoopGroup newGroup();

    /** A group whose chooser suspends loops that have nothing to do. */
    EventLoopGroup newScalingGroup(int threads, EventExecutorChooserFactory chooser);

    /** Whether the loop of this channel is one of ours, and not a loop of the other provider. */
    boolean owns(Channel channel);

    Class<? extends ServerChannel> serverSocketChannel();

    Class<? extends Channel> socketChannel();

    Class<? extends DatagramChannel> datagramChannel();

    Class<? extends ServerChannel> serverDomainSocketChannel();

    Class<? extends Channel> domainSocketChannel();

    /** All datagram channels have this constructor, and none is needed for anything else. */
    default DatagramChannel newDatagramChannel(SocketProtocolFamily family) {
        try {
            return datagramChannel().getConstructor(SocketProtocolFamily.class).newInstance(family);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    default Channel newSocketChannel() {
        try {
            return socketChannel().getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
