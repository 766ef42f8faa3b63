package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.runtimeOf;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import io.tardy.netty.TardyEventLoopGroup;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The loops of a group end, or rest, as Netty's do, and their frames with them. */
interface GroupEndContract extends GroupFixture {

    /** For the test to end. */
    private TardyEventLoopGroup newGroup(int threads) {
        return group(threads).build();
    }

    @Test
    @NotSimulated(NotSimulated.QUIET)
    default void shutdownCancelsFramesAndWaitsForTheirEnd() throws Exception {
        TardyEventLoopGroup group = newGroup(1);
        TardyRuntime runtime = runtimeOf(group.next());
        AtomicBoolean ended = new AtomicBoolean();
        AtomicBoolean terminatedTooEarly = new AtomicBoolean();
        CountDownLatch waiting = new CountDownLatch(1);
        Frame<String> frame =
                runtime.spawnCall(
                        () -> {
                            try {
                                waiting.countDown();
                                Frame.delay(Duration.ofHours(1));
                                return "not cancelled";
                            } catch (CancelledException e) {
                                runtime.offload(() -> "cannot wait any more");
                                return "no exception";
                            } finally {
                                terminatedTooEarly.set(group.isTerminated());
                                ended.set(true);
                            }
                        });
        waiting.await();
        long began = System.nanoTime();
        group.shutdownGracefully(300, 5_000, TimeUnit.MILLISECONDS);
        awaitEnd(group);
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(300_000_000L);
        assertThat(ended).isTrue();
        assertThat(terminatedTooEarly).isFalse();
        assertThatThrownBy(frame::join).hasRootCauseInstanceOf(CancelledException.class);
        assertThat(runtime.isRunning()).isFalse();
    }

    /** What a group's end leaves open is found by {@link LeakCheck}. */
    @Test
    default void aGroupThatEndsWhileChannelsCloseLeavesNoDescriptor() throws Exception {
        for (int i = 0; i < 20; i++) {
            withGroup(
                    1,
                    group -> {
                        ChannelHandler closing =
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelActive(ChannelHandlerContext context) {
                                        context.executor().execute(context::close);
                                    }
                                };
                        Channel server = bindAnywhere(server(group, closing));
                        CountDownLatch closed = new CountDownLatch(1);
                        ChannelHandler watching =
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelInactive(ChannelHandlerContext context) {
                                        closed.countDown();
                                    }
                                };
                        client(group, watching).connect(server.localAddress()).sync();
                        closed.await();
                    });
        }
    }

    @Test
    default void aGroupEndsAroundAnOpenChannelThatReads() throws Exception {
        endWhileReading(0, channel -> {});
        endWhileReading(100, channel -> {});
    }

    @Test
    default void aGroupEndsInTheTurnInWhichAChannelThatReadsIsClosed() throws Exception {
        endWhileReading(0, Channel::close);
        endWhileReading(100, Channel::close);
    }

    /**
     * Of two messages that come one right behind the other the first read takes both, so that the
     * second notice finds nothing: on io_uring a read is in flight then.
     *
     * @param atTheEnd what the loop does to the channel before it begins to end
     */
    private void endWhileReading(long quietMillis, Consumer<Channel> atTheEnd) throws Exception {
        TardyEventLoopGroup group = newGroup(1);
        ChannelHandler ending =
                new ChannelInboundHandlerAdapter() {
                    private int received;

                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        received += ((ByteBuf) message).readableBytes();
                        ReferenceCountUtil.release(message);
                        if (received == 2) {
                            context.executor().execute(() -> end(context.channel()));
                        }
                    }

                    private void end(Channel channel) {
                        atTheEnd.accept(channel);
                        group.shutdownGracefully(quietMillis, 5_000, TimeUnit.MILLISECONDS);
                    }
                };
        Channel server = bindAnywhere(server(group, ending));
        Channel client =
                client(group, new ChannelInboundHandlerAdapter())
                        .connect(server.localAddress())
                        .sync()
                        .channel();
        client.eventLoop()
                .execute(
                        () -> {
                            client.writeAndFlush(FrameChannelFixture.utf8("a"));
                            client.writeAndFlush(FrameChannelFixture.utf8("b"));
                        });
        awaitEnd(group);
    }

    @Test
    @NotSimulated(NotSimulated.QUIET)
    default void aFrameThatWaitsForAPeerHoldsNobodyDuringTheQuietPeriod() throws Exception {
        TardyEventLoopGroup group = newGroup(1);
        TardyRuntime runtime = runtimeOf(group.next());
        Frame<Void> acceptor =
                runtime.spawn(
                        () -> {
                            try (Socket listener = TransportFixture.listenAnywhere()) {
                                listener.accept();
                            }
                        });
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<Void> shuttingDown = new CompletableFuture<>();
        CountDownLatch done = new CountDownLatch(1);
        runtime.spawn(
                () -> {
                    waiting.countDown();
                    runtime.await(shuttingDown);
                    Frame.delay(Duration.ofMillis(1));
                    done.countDown();
                });
        waiting.await();
        group.shutdownGracefully(2_000, 60_000, TimeUnit.MILLISECONDS);
        shuttingDown.complete(null);
        done.await();
        awaitEnd(group);
        assertThatThrownBy(acceptor::join).hasRootCauseInstanceOf(CancelledException.class);
    }

    @Test
    @NotSimulated(NotSimulated.QUIET)
    default void framesGoOnDuringTheQuietPeriod() throws Exception {
        TardyEventLoopGroup group = newGroup(1);
        TardyRuntime runtime = runtimeOf(group.next());
        CountDownLatch waiting = new CountDownLatch(1);
        Frame<String> frame =
                runtime.spawnCall(
                        () -> {
                            waiting.countDown();
                            for (int i = 0; i < 3; i++) {
                                Frame.delay(Duration.ofMillis(10));
                            }
                            return "done";
                        });
        waiting.await();
        group.shutdownGracefully(5_000, 10_000, TimeUnit.MILLISECONDS);
        assertThat(frame.join()).isEqualTo("done");
        group.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        awaitEnd(group);
    }

    @Test
    default void afterTheEndNothingIsAccepted() throws Exception {
        TardyEventLoopGroup group = newGroup(1);
        TardyRuntime runtime = runtimeOf(group.next());
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        awaitEnd(group);
        assertThatThrownBy(() -> group.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> runtime.spawn(() -> {}))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    default void aLoopThatNeverBeganEndsToo() throws Exception {
        TardyEventLoopGroup group = newGroup(2);
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        awaitEnd(group);
    }

    /** As Netty's chooser that scales the number of threads does with idle loops. */
    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void anIdleLoopMayGiveItsThreadUpAndGoOnInAnother() throws Exception {
        withLoop(
                (loop, runtime) -> {
                    Thread first = loop.submit(Thread::currentThread).get();
                    if (!((SingleThreadEventExecutor) loop).trySuspend()) {
                        // A ring belongs to the thread that made it, as with Netty's own loops.
                        assertThat(transport()).isEqualTo(AsyncType.IO_URING);
                        return;
                    }
                    first.join(patience());
                    assertThat(first.isAlive()).isFalse();
                    assertThat(runtime.spawnCall(() -> "awake").join()).isEqualTo("awake");
                    assertThat(loop.submit(Thread::currentThread).get()).isNotSameAs(first);
                });
    }

    @Test
    default void aLoopWithALivingFrameKeepsItsThread() throws Exception {
        withLoop(
                (loop, runtime) -> {
                    Frame<String> frame =
                            runtime.spawnCall(
                                    () -> {
                                        Frame.delay(Duration.ofMillis(50));
                                        return "same thread";
                                    });
                    ((SingleThreadEventExecutor) loop).trySuspend();
                    assertThat(frame.join()).isEqualTo("same thread");
                });
    }

    @Test
    default void stopEndsTheLoopOfOneRuntime() throws Exception {
        withGroup(
                2,
                group -> {
                    EventLoop loop = group.next();
                    runtimeOf(loop).stop();
                    resultOf(loop.terminationFuture());
                    assertThat(StreamSupport.stream(group.spliterator(), false))
                            .filteredOn(other -> !other.isTerminated())
                            .hasSize(1);
                });
    }
}
