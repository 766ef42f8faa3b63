package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.runtimeOf;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A group of Tardy's is a group of Netty's, and its loops are runtimes. */
interface GroupContract extends GroupFixture {

    /** Gives bytes that come to the test. */
    final class Collector extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            received.add(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }

        String await(int length, TransportFixture fixture) throws Exception {
            StringBuilder all = new StringBuilder();
            while (all.length() < length) {
                all.append(fixture.takeSoon(received));
            }
            return all.toString();
        }
    }

    @Test
    default void handlersOfNettyRunUnchanged() throws Exception {
        withGroup(
                2,
                group -> {
                    Channel server = bindAnywhere(server(group, new EchoHandler()));
                    Collector collector = new Collector();
                    Channel client =
                            client(group, collector)
                                    .connect(server.localAddress())
                                    .syncUninterruptibly()
                                    .channel();
                    client.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.UTF_8));
                    assertThat(collector.await(5, this)).isEqualTo("hello");
                    assertThat(group).contains(client.eventLoop(), server.eventLoop());
                    assertThat(TardyRuntime.of(client).eventLoop()).isSameAs(client.eventLoop());
                });
    }

    @Test
    @NotSimulated(NotSimulated.FAST)
    default void theLoopAnswersAsNettysDoes() throws Exception {
        withGroup(
                1,
                group -> {
                    IoEventLoop loop = group.next();
                    assertThat(loop.parent()).isSameAs(group);
                    assertThat(loop.inEventLoop()).isFalse();
                    assertThat(loop.submit(() -> loop.inEventLoop()).get()).isTrue();
                    assertThat(
                                    loop.submit(
                                                    FastThreadLocalThread
                                                            ::currentThreadHasFastThreadLocal)
                                            .get())
                            .isTrue();
                    assertThat(loop.schedule(() -> "late", 20, TimeUnit.MILLISECONDS).get())
                            .isEqualTo("late");
                    assertThat(group.backend().type()).isEqualTo(transport());
                    assertThat(group.isIoType(group.next().submit(() -> ioType(group)).get()))
                            .isTrue();
                });
    }

    private static Class<? extends io.netty.channel.IoHandler> ioType(TardyEventLoopGroup group) {
        return Tardy.builder().async(group.backend().type()).build().channelTypes().ioHandler();
    }

    @Test
    default void pendingTasksAreCounted() throws Exception {
        withGroup(
                1,
                group -> {
                    SingleThreadEventExecutor loop = (SingleThreadEventExecutor) group.next();
                    CountDownLatch running = new CountDownLatch(1);
                    CountDownLatch go = new CountDownLatch(1);
                    loop.execute(
                            () -> {
                                running.countDown();
                                awaitUninterruptibly(go);
                            });
                    running.await();
                    for (int i = 0; i < 10; i++) {
                        loop.execute(() -> {});
                    }
                    assertThat(loop.pendingTasks()).isEqualTo(10);
                    go.countDown();
                    loop.submit(() -> {}).get();
                    assertThat(loop.pendingTasks()).isZero();
                });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void threadsAndChooserAreTheUsers() throws Exception {
        List<String> chosen = Collections.synchronizedList(new ArrayList<>());
        withGroup(
                TardyEventLoopGroup.builder()
                        .threads(2)
                        .async(transport())
                        .threadFactory(
                                Thread.ofPlatform().name("tardy-mine-", 0).daemon().factory())
                        .chooser(executors -> new FirstOnly(executors, chosen)),
                group -> {
                    assertThat(group.next()).isSameAs(group.next());
                    assertThat(chosen).isNotEmpty();
                    assertThat(group.submit(() -> Thread.currentThread().getName()).get())
                            .isEqualTo("tardy-mine-0");
                    assertThat(group.executorCount()).isEqualTo(2);
                });
    }

    /** Chooses the first. */
    record FirstOnly(EventExecutor[] executors, List<String> chosen)
            implements io.netty.util.concurrent.EventExecutorChooserFactory.EventExecutorChooser {
        @Override
        public EventExecutor next() {
            chosen.add("first");
            return executors[0];
        }
    }

    /** What a library asks for each of its connections, and would have all of them on one loop. */
    @Test
    default void whoAsksOfWhichKindTheLoopsAreTakesNoTurn() throws Exception {
        withGroup(
                2,
                group -> {
                    IoEventLoop first = group.next();
                    assertThat(group.isIoType(IoHandler.class))
                            .isEqualTo(first.isIoType(IoHandler.class));
                    assertThat(group.next()).isNotSameAs(first);
                    assertThat(group.isCompatible(IoHandle.class))
                            .isEqualTo(first.isCompatible(IoHandle.class));
                    assertThat(group.next()).isSameAs(first);
                });
    }

    @Test
    default void eachLoopHasARuntimeOfItsOwn() throws Exception {
        withGroup(
                3,
                group -> {
                    List<TardyRuntime> runtimes = new ArrayList<>();
                    for (EventExecutor loop : group) {
                        runtimes.add(loop.submit(TardyRuntime::current).get());
                    }
                    assertThat(runtimes).doesNotHaveDuplicates().hasSize(3);
                    assertThat(runtimes).extracting(TardyRuntime::id).containsExactly(0, 1, 2);
                    assertThat(runtimes).allMatch(TardyRuntime::isRunning);
                });
    }

    @Test
    default void aFrameIsNotInTheLoopAndItsTasksRunThere() throws Exception {
        withGroup(
                1,
                group -> {
                    EventLoop loop = group.next();
                    Frame<String> frame =
                            runtimeOf(loop)
                                    .spawnCall(
                                            () -> {
                                                List<Integer> order = new ArrayList<>();
                                                order.add(loop.inEventLoop() ? -1 : 0);
                                                loop.execute(
                                                        () ->
                                                                order.add(
                                                                        loop.inEventLoop()
                                                                                ? 2
                                                                                : -1));
                                                order.add(1);
                                                loop.submit(() -> order.add(3)).sync();
                                                loop.schedule(
                                                                () -> order.add(4),
                                                                1,
                                                                TimeUnit.MILLISECONDS)
                                                        .sync();
                                                return order.toString();
                                            });
                    assertThat(frame.join()).isEqualTo("[0, 1, 2, 3, 4]");
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void awaitGivesTheChannelTheValueOrTheFailure() throws Exception {
        withGroup(
                2,
                group -> {
                    Channel server = bindAnywhere(server(group, new EchoHandler()));
                    TardyRuntime runtime = runtimeOf(group.next());
                    Frame<Void> frame =
                            runtime.spawn(
                                    () -> {
                                        Bootstrap bootstrap = client(group, new EchoHandler());
                                        Channel client =
                                                runtime.await(
                                                        bootstrap.connect(server.localAddress()));
                                        assertThat(client.isActive()).isTrue();
                                        runtime.await(client.close());
                                        runtime.await(server.close());
                                        assertThatThrownBy(
                                                        () ->
                                                                runtime.await(
                                                                        bootstrap.connect(
                                                                                server
                                                                                        .localAddress())))
                                                // The JDK closes a listener when its selector
                                                // comes to it: one may still get in, to be reset.
                                                .isInstanceOf(SocketException.class);
                                        assertThat(
                                                        runtime.await(
                                                                CompletableFuture.supplyAsync(
                                                                        () -> "stage")))
                                                .isEqualTo("stage");
                                        assertThatThrownBy(
                                                        () ->
                                                                runtime.await(
                                                                        CompletableFuture.runAsync(
                                                                                GroupContract
                                                                                        ::fail)))
                                                .isInstanceOf(IllegalArgumentException.class);
                                    });
                    frame.join();
                });
    }

    private static void fail() {
        throw new IllegalArgumentException("on purpose");
    }

    @Test
    default void awaitCanBeCancelledAndBeLate() throws Exception {
        withGroup(
                1,
                group -> {
                    TardyRuntime runtime = runtimeOf(group.next());
                    Promise<String> never = group.next().newPromise();
                    AtomicReference<Throwable> late = new AtomicReference<>();
                    CountDownLatch waiting = new CountDownLatch(1);
                    Frame<String> frame =
                            runtime.spawnCall(
                                    () -> {
                                        try {
                                            Deadline.within(
                                                    Duration.ofMillis(5),
                                                    () -> runtime.await(never));
                                        } catch (DeadlineExceededException e) {
                                            late.set(e);
                                        }
                                        waiting.countDown();
                                        return runtime.await(never);
                                    });
                    waiting.await();
                    frame.cancel();
                    assertThatThrownBy(frame::join)
                            .hasRootCauseInstanceOf(CancelledException.class);
                    assertThat(late.get()).isNotNull();
                    assertThat(never.isDone()).isFalse();
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void aChannelOfAnotherGroupHasNoRuntime() throws Exception {
        var other =
                new io.netty.channel.MultiThreadIoEventLoopGroup(
                        1, io.netty.channel.nio.NioIoHandler.newFactory());
        try {
            Channel channel =
                    new Bootstrap()
                            .group(other)
                            .channel(io.netty.channel.socket.nio.NioSocketChannel.class)
                            .handler(
                                    new ChannelInitializer<>() {
                                        @Override
                                        protected void initChannel(Channel ch) {}
                                    })
                            .register()
                            .syncUninterruptibly()
                            .channel();
            assertThatThrownBy(() -> TardyRuntime.of(channel))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TardyEventLoopGroup");
            channel.close().sync();
        } finally {
            other.shutdownGracefully(0, 5, TimeUnit.SECONDS).await();
        }
    }
}
