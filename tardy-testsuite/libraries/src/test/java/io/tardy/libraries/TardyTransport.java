package io.tardy.libraries;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.tardy.Tardy;
import io.tardy.netty.TardyEventLoopGroup;
import java.util.concurrent.ThreadFactory;

/** A transport for Vert.x whose loops are runtimes: TCP and UDP. */
class TardyTransport
        implements io.vertx.core.transport.Transport, io.vertx.core.spi.transport.Transport {

    private final Tardy tardy;

    TardyTransport(Tardy tardy) {
        this.tardy = tardy;
    }

    @Override
    public EventLoopGroup eventLoopGroup(
            int type, int threads, ThreadFactory threadFactory, int ioRatio) {
        return TardyEventLoopGroup.builder()
                .tardy(tardy)
                .threads(threads)
                .threadFactory(threadFactory)
                .build();
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return new ReflectiveChannelFactory<>(tardy.channelTypes().serverSocket());
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return new ReflectiveChannelFactory<>(tardy.channelTypes().socket());
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
        return new ReflectiveChannelFactory<>(tardy.channelTypes().datagram());
    }

    @Override
    @SuppressWarnings("deprecation")
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return datagramChannelFactory().newChannel();
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        throw new UnsupportedOperationException("the group makes it");
    }

    @Override
    public String name() {
        return "tardy";
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }
}
