package io.tardy.testsuite.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.util.NetUtil;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The suites would pass on anything of Netty's: so the loops of a run are those that it is about.
 */
class EndsSuite {

    private static final int WAIT_SECONDS = 10;

    @Test
    void theRunIsOfTheEndsThatItsNameSays() {
        List<List<Class<?>>> groups =
                Run.allEnds().stream()
                        .map(
                                ends ->
                                        List.<Class<?>>of(
                                                ends.server().group().getClass(),
                                                ends.client().group().getClass()))
                        .toList();
        Class<?> ours = TardyEventLoopGroup.class;
        Class<?> stock = MultiThreadIoEventLoopGroup.class;
        assertThat(groups)
                .isEqualTo(
                        switch (Run.SIDES) {
                            case "tardy" -> List.of(List.of(ours, ours));
                            case "stock" -> List.of(List.of(stock, stock));
                            default -> List.of(List.of(ours, stock), List.of(stock, ours));
                        });
    }

    @Test
    void theGroupsRunOnTheTransportThatTheRunNames() {
        Class<? extends IoHandler> handler =
                switch (Run.WIRE) {
                    case EPOLL -> EpollIoHandler.class;
                    case IO_URING -> IoUringIoHandler.class;
                    case POLL -> NioIoHandler.class;
                };
        for (Run.Ends ends : Run.allEnds()) {
            assertThat(((IoEventLoopGroup) ends.server().group()).isIoType(handler)).isTrue();
            assertThat(((IoEventLoopGroup) ends.client().group()).isIoType(handler)).isTrue();
        }
    }

    @Test
    void tcpChannelsHaveTheLoopsOfTheirEnds() throws Exception {
        connect(Run.tcp(), () -> new InetSocketAddress(NetUtil.LOCALHOST, 0));
    }

    @Test
    void domainChannelsHaveTheLoopsOfTheirEnds() throws Exception {
        connect(Run.domain(), DomainPaths::newAddress);
    }

    @Test
    void datagramChannelsHaveTheLoopsOfTheirEnds() throws Exception {
        var combos = Run.datagram(SocketProtocolFamily.INET);
        for (int i = 0; i < combos.size(); i++) {
            Run.Ends ends = Run.allEnds().get(i);
            assertOwner(ends.server(), bound(combos.get(i).newServerInstance()));
            assertOwner(ends.client(), bound(combos.get(i).newClientInstance()));
        }
    }

    private static Channel bound(Bootstrap bootstrap) throws InterruptedException {
        return bootstrap
                .handler(new ChannelInboundHandlerAdapter())
                .bind(new InetSocketAddress(NetUtil.LOCALHOST4, 0))
                .sync()
                .channel();
    }

    private static void connect(
            List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> combos,
            Supplier<SocketAddress> address)
            throws Exception {
        for (int i = 0; i < combos.size(); i++) {
            Run.Ends ends = Run.allEnds().get(i);
            CompletableFuture<Channel> accepted = new CompletableFuture<>();
            Channel server =
                    combos.get(i)
                            .newServerInstance()
                            .childHandler(onInit(accepted))
                            .bind(address.get())
                            .sync()
                            .channel();
            Channel client =
                    combos.get(i)
                            .newClientInstance()
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(server.localAddress())
                            .sync()
                            .channel();
            assertOwner(ends.server(), accepted.get(WAIT_SECONDS, TimeUnit.SECONDS));
            assertOwner(ends.client(), client);
            assertOwner(ends.server(), server);
        }
    }

    private static ChannelInitializer<Channel> onInit(CompletableFuture<Channel> channel) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel ch) {
                channel.complete(ch);
            }
        };
    }

    private static void assertOwner(Provider provider, Channel channel)
            throws InterruptedException {
        try {
            assertThat(provider.owns(channel)).isTrue();
        } finally {
            channel.close().sync();
        }
    }
}
