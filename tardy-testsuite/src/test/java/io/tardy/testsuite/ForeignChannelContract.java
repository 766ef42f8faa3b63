package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.tardy.Backend;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.spi.ChannelTypes;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A channel of another transport is refused with a sentence that says what to do. */
interface ForeignChannelContract extends GroupFixture {

    List<Class<? extends Channel>> NIO =
            List.of(
                    NioServerSocketChannel.class,
                    NioSocketChannel.class,
                    NioDatagramChannel.class,
                    NioServerDomainSocketChannel.class,
                    NioDomainSocketChannel.class);

    List<Class<? extends Channel>> EPOLL =
            List.of(
                    EpollServerSocketChannel.class,
                    EpollSocketChannel.class,
                    EpollDatagramChannel.class,
                    EpollServerDomainSocketChannel.class,
                    EpollDomainSocketChannel.class);

    /** The JDK's channels, or epoll's where those belong to the transport: in this order. */
    private List<Class<? extends Channel>> foreign() {
        boolean hasNio = transport() == AsyncType.POLL || transport() == AsyncType.CUSTOM;
        Assumptions.assumeTrue(!hasNio || Epoll.isAvailable(), "only the JDK's channels are here");
        return hasNio ? EPOLL : NIO;
    }

    private static List<Class<? extends Channel>> own(TardyEventLoopGroup group) {
        return List.of(
                group.serverSocketChannel(),
                group.socketChannel(),
                group.datagramChannel(),
                group.serverDomainSocketChannel(),
                group.domainSocketChannel());
    }

    List<String> CALLS =
            List.of(
                    "group.serverSocketChannel()",
                    "group.socketChannel()",
                    "group.datagramChannel()",
                    "group.serverDomainSocketChannel()",
                    "group.domainSocketChannel()");

    @Test
    default void aForeignClassIsRefusedWithItsTransportAndTheCall() throws Exception {
        withGroup(
                1,
                group -> {
                    for (int i = 0; i < CALLS.size(); i++) {
                        Class<? extends Channel> foreign = foreign().get(i);
                        ChannelFuture refused = register(group, foreign);
                        assertThat(refused.channel().isOpen()).isFalse();
                        assertThat(refused.cause())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageStartingWith(foreign.getName() + " does not run on ")
                                .hasMessageContaining(
                                        name(group.backend())
                                                + ", the transport of this group: use "
                                                + own(group).get(i).getSimpleName()
                                                + ", which "
                                                + CALLS.get(i)
                                                + " returns");
                    }
                });
    }

    private static String name(Backend backend) {
        return backend.type() == AsyncType.CUSTOM ? backend.description() : backend.type().label();
    }

    /** Through a bootstrap, as users do. */
    private static ChannelFuture register(EventLoopGroup group, Class<? extends Channel> type)
            throws Exception {
        ChannelInboundHandlerAdapter nothing = new ChannelInboundHandlerAdapter();
        ChannelFuture registered =
                ServerChannel.class.isAssignableFrom(type)
                        ? new ServerBootstrap()
                                .group(group)
                                .channel(type.asSubclass(ServerChannel.class))
                                .childHandler(nothing)
                                .register()
                        : new Bootstrap().group(group).channel(type).handler(nothing).register();
        return registered.await();
    }

    @Test
    @NotSimulated(NotSimulated.SECOND)
    default void theRefusalNamesTheGroupThatCarriesIt() throws Exception {
        withGroup(
                1,
                group -> {
                    Class<? extends Channel> foreign = foreign().get(1);
                    assertThat(register(group, foreign).cause())
                            .hasMessageEndingWith(
                                    "; or, if a library chooses the class, build the group for it:"
                                            + " TardyEventLoopGroup.builder().carrying("
                                            + foreign.getSimpleName()
                                            + ".class)");
                    withGroup(
                            TardyEventLoopGroup.builder().threads(1).carrying(foreign),
                            fitting -> {
                                ChannelFuture carried = register(fitting, foreign);
                                assertThat(carried.cause()).isNull();
                                carried.channel().close().sync();
                            });
                });
    }

    @Test
    default void everyWayOfRegisteringRefuses() throws Exception {
        withLoop(
                (loop, rt) -> {
                    Class<? extends Channel> foreign = foreign().get(1);
                    Channel channel = foreign.getConstructor().newInstance();
                    try {
                        assertRefused(loop.register(channel));
                        assertRefused(loop.register(new DefaultChannelPromise(channel, loop)));
                        assertRefused(registerDeprecated(loop, channel));
                        assertThat(channel.isRegistered()).isFalse();
                    } finally {
                        channel.unsafe().closeForcibly();
                    }
                });
    }

    @SuppressWarnings("deprecation") // it is another way in
    private static ChannelFuture registerDeprecated(EventLoop loop, Channel channel) {
        return loop.register(channel, new DefaultChannelPromise(channel, loop));
    }

    private static void assertRefused(ChannelFuture future) throws Exception {
        assertThat(future.await().cause()).hasMessageContaining("does not run on");
    }

    /** A runtime of an entry has no group. */
    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void onARuntimeOfAnEntryTheCallIsTheRuntimes() throws Exception {
        inFrame(
                rt -> {
                    Class<? extends Channel> foreign = foreign().get(1);
                    ChannelFuture refused =
                            new Bootstrap()
                                    .group(rt.eventLoop())
                                    .channel(foreign)
                                    .handler(new ChannelInboundHandlerAdapter())
                                    .register();
                    assertThat(refused.await().cause())
                            .hasMessageContaining(
                                    ", the transport of this runtime: use "
                                            + rt.channelTypes().socket().getSimpleName()
                                            + ", which rt.channelTypes().socket() returns");
                });
    }

    /** The bootstrap of a server has two groups, and both need the listener's transport. */
    @Test
    @NotSimulated(NotSimulated.SECOND)
    default void whatAnotherTransportHasAcceptedIsRefused() throws Exception {
        Class<? extends Channel> foreign = foreign().get(0);
        BlockingQueue<Throwable> causes = new LinkedBlockingQueue<>();
        withGroup(
                1,
                workers ->
                        withGroup(
                                TardyEventLoopGroup.builder().threads(1).carrying(foreign),
                                boss -> {
                                    Channel server =
                                            bindAnywhere(
                                                    new ServerBootstrap()
                                                            .group(boss)
                                                            .channel(
                                                                    foreign.asSubclass(
                                                                            ServerChannel.class))
                                                            .handler(new Refused(workers, causes))
                                                            .childHandler(
                                                                    new ChannelInboundHandlerAdapter()));
                                    Channel client =
                                            GroupFixture.client(
                                                            workers,
                                                            new ChannelInboundHandlerAdapter())
                                                    .connect(server.localAddress())
                                                    .syncUninterruptibly()
                                                    .channel();
                                    assertThat(takeSoon(causes))
                                            .hasMessageContaining(
                                                    "the transport of its server's second group:"
                                                            + " give the bootstrap one group");
                                    client.close().sync();
                                    server.close().sync();
                                }));
    }

    /** Does as Netty's acceptor, and keeps the failure. */
    final class Refused extends ChannelInboundHandlerAdapter {
        private final EventLoopGroup workers;
        private final BlockingQueue<Throwable> causes;

        private Refused(EventLoopGroup workers, BlockingQueue<Throwable> causes) {
            this.workers = workers;
            this.causes = causes;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            workers.register((Channel) accepted)
                    .addListener(
                            (ChannelFuture done) -> {
                                causes.add(done.cause());
                                done.channel().unsafe().closeForcibly();
                            });
        }
    }

    /** They have no transport. */
    @Test
    default void channelsWithinTheJvmGoOn() throws Exception {
        withGroup(
                1,
                group -> {
                    LocalAddress address = new LocalAddress(ForeignChannelContract.class);
                    Channel server =
                            new ServerBootstrap()
                                    .group(group)
                                    .channel(LocalServerChannel.class)
                                    .childHandler(new EchoHandler())
                                    .bind(address)
                                    .syncUninterruptibly()
                                    .channel();
                    Channel client =
                            new Bootstrap()
                                    .group(group)
                                    .channel(LocalChannel.class)
                                    .handler(new EchoHandler())
                                    .connect(server.localAddress())
                                    .syncUninterruptibly()
                                    .channel();
                    assertThat(client.isActive()).isTrue();
                    client.close().syncUninterruptibly();
                    server.close().syncUninterruptibly();
                });
    }

    @Test
    @NotSimulated(NotSimulated.SECOND)
    default void carryingTakesTheTransportOfTheClass() throws Exception {
        for (Class<? extends Channel> own : ownOfProvider()) {
            withGroup(
                    TardyEventLoopGroup.builder().threads(1).carrying(own),
                    group -> {
                        assertThat(group.backend().type()).isEqualTo(transport());
                        assertThat(own(group)).contains(own);
                    });
        }
    }

    private List<Class<? extends Channel>> ownOfProvider() {
        ChannelTypes types = provider().channelTypes();
        return List.of(
                types.serverSocket(),
                types.socket(),
                types.datagram(),
                types.serverDomainSocket(),
                types.domainSocket());
    }

    /** Of several it is the best, and the last of {@code async} and {@code carrying} counts. */
    @Test
    @NotSimulated(NotSimulated.SECOND)
    default void ofSeveralClassesTheBestTransportIsTaken() throws Exception {
        Class<? extends Channel> own = provider().channelTypes().socket();
        TardyEventLoopGroup.Builder builder =
                TardyEventLoopGroup.builder().threads(1).carrying(NioSocketChannel.class, own);
        // Poll is the last of all.
        withGroup(builder, group -> assertThat(group.backend().type()).isEqualTo(transport()));
        withGroup(
                builder.async(AsyncType.POLL),
                group -> assertThat(group.backend().type()).isEqualTo(AsyncType.POLL));
    }

    @Test
    @NotSimulated(NotSimulated.SECOND)
    default void carryingRefusesWhatNoTransportCarries() {
        TardyEventLoopGroup.Builder builder = TardyEventLoopGroup.builder();
        assertThatExceptionOfType(TransportUnavailableException.class)
                .isThrownBy(() -> builder.carrying(LocalChannel.class))
                .withMessageContaining(label() + " was refused: it does not carry LocalChannel");
        assertThatIllegalArgumentException().isThrownBy(builder::carrying);
    }
}
