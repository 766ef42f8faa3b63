package io.tardy.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;

/** A server of Netty's at a port of the system's choice, which ends with its group. */
public final class GroupServer {

    private GroupServer() {}

    /**
     * @param connection what each connection gets
     * @return the port
     */
    public static int bind(TardyEventLoopGroup group, ChannelHandler connection)
            throws InterruptedException {
        Channel bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .childHandler(connection)
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        return ((InetSocketAddress) bound.localAddress()).getPort();
    }
}
