package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.connect;
import static io.tardy.testsuite.FrameChannelFixture.inClientFrame;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.MessageToMessageEncoder;
import io.netty.handler.codec.TooLongFrameException;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What goes wrong in a pipeline its frame gets to know, and no message is left unreleased. */
interface FrameChannelFailureContract extends FrameChannelFixture {

    @Test
    default void whatAHandlerThrowsTheFrameGetsAndMayAnswer() throws Exception {
        withClient(
                1,
                FrameChannelFixture::lines,
                ch -> {
                    try {
                        ch.read();
                        ch.write("no failure\n");
                    } catch (PipelineException e) {
                        ch.write(e.getCause().getClass().getSimpleName() + "\n");
                    }
                    ch.write(ch.read(String.class) + "\n");
                },
                (rt, client) -> {
                    client.write("x".repeat(2000) + "\nnext\n");
                    assertThat(client.read())
                            .isEqualTo(TooLongFrameException.class.getSimpleName());
                    assertThat(client.read()).isEqualTo("next");
                    assertThat(client.read()).isNull();
                });
    }

    @Test
    @NotSimulated(NotSimulated.LIMIT)
    default void aChannelThatTheSystemDoesNotGiveIsAnIOException() throws Exception {
        withGroup(
                1,
                group ->
                        inGroupFrame(
                                group,
                                rt -> {
                                    Bootstrap bootstrap =
                                            new Bootstrap()
                                                    .group(rt.eventLoop())
                                                    .channelFactory(
                                                            () -> {
                                                                throw new ChannelException(
                                                                        "too many open files");
                                                            })
                                                    .handler(new ChannelInboundHandlerAdapter());
                                    assertThatThrownBy(
                                                    () ->
                                                            FrameChannel.connect(
                                                                    bootstrap, "127.0.0.1", 1))
                                            .isInstanceOf(IOException.class)
                                            .hasMessageContaining("too many open files");
                                }));
    }

    @Test
    default void aFrameThatFailsClosesItsChannel() throws Exception {
        CompletableFuture<Frame<Void>> failed = new CompletableFuture<>();
        withServer(
                1,
                channel ->
                        failed.complete(
                                FrameChannel.spawn(channel, FrameChannelFailureContract::fail)),
                null,
                (group, server) ->
                        inClientFrame(
                                group,
                                server,
                                FrameChannelFixture::bytes,
                                (rt, client) -> {
                                    assertThat(client.read()).isNull();
                                    assertThatThrownBy(() -> rt.await(failed).join())
                                            .hasRootCauseMessage("oh");
                                }));
    }

    private static void fail(FrameChannel channel) {
        throw new IllegalStateException("oh");
    }

    @Test
    default void writingToAClosedChannelFailsAndReleases() throws Exception {
        besideServer(
                1,
                FrameChannelFixture::bytes,
                ch -> {},
                (rt, group, server) -> {
                    FrameChannel client = connect(rt, group, server, FrameChannelFixture::bytes);
                    assertThat(client.read()).isNull();
                    rt.await(client.channel().close());
                    ByteBuf message = Unpooled.buffer().writeByte(1);
                    assertThatThrownBy(() -> client.write(message))
                            .isInstanceOf(ClosedChannelException.class);
                    assertThat(message.refCnt()).isZero();
                    client.close();
                    client.close();
                });
    }

    @Test
    default void whatALoopHasNoMemoryForIsReleasedAndHoldsNothingUp() throws Exception {
        inFrame(
                rt -> {
                    AtomicBoolean isFull = new AtomicBoolean();
                    EmbeddedChannel channel =
                            new EmbeddedChannel() {
                                @Override
                                public EventLoop eventLoop() {
                                    if (isFull.get()) {
                                        throw new OutOfMemoryError("on purpose");
                                    }
                                    return super.eventLoop();
                                }
                            };
                    try (FrameChannel frame = FrameChannel.attach(channel)) {
                        channel.runPendingTasks();
                        ByteBuf lost = Unpooled.buffer().writeByte(1);
                        isFull.set(true);
                        assertThatThrownBy(() -> frame.write(lost))
                                .isInstanceOf(OutOfMemoryError.class);
                        isFull.set(false);
                        assertThat(lost.refCnt()).isZero();
                        ByteBuf next = Unpooled.buffer().writeByte(2);
                        frame.write(next);
                        channel.runPendingTasks();
                        assertThat(channel.<ByteBuf>readOutbound()).isSameAs(next);
                        next.release();
                        frame.flush();
                    }
                    channel.finish();
                });
    }

    /** The frame is cancelled when the loop has connected, and before it has gone on. */
    @Test
    default void aConnectThatIsGivenUpAsItSucceedsLeavesNoChannelOpen() throws Exception {
        besideServer(
                1,
                FrameChannelFixture::bytes,
                FrameChannel::read,
                (rt, group, server) -> {
                    CompletableFuture<Frame<?>> asking = new CompletableFuture<>();
                    CompletableFuture<Channel> connected = new CompletableFuture<>();
                    Bootstrap bootstrap = client(group, new CancelsWho(asking, connected));
                    Frame<?> frame =
                            rt.spawnCall(
                                    () -> FrameChannel.connect(bootstrap, server.localAddress()));
                    asking.complete(frame);
                    TransportFixture.assertFailedOf(frame, CancelledException.class);
                    rt.await(rt.await(connected).closeFuture());
                });
    }

    /** Cancels the frame that connects, and then says that it is connected. */
    final class CancelsWho extends ChannelOutboundHandlerAdapter {
        private final CompletableFuture<Frame<?>> asking;
        private final CompletableFuture<Channel> connected;

        CancelsWho(CompletableFuture<Frame<?>> asking, CompletableFuture<Channel> connected) {
            this.asking = asking;
            this.connected = connected;
        }

        @Override
        public void connect(
                ChannelHandlerContext context,
                SocketAddress remote,
                SocketAddress local,
                ChannelPromise promise) {
            context.connect(remote, local)
                    .addListener(
                            done ->
                                    asking.thenAccept(
                                            frame -> {
                                                frame.cancel();
                                                promise.setSuccess();
                                                connected.complete(context.channel());
                                            }));
        }
    }

    @Test
    default void aPipelineThatIsOverReadsAsItsEnd() throws Exception {
        besideServer(
                1,
                FrameChannelFixture::bytes,
                ch -> ch.read(),
                (rt, group, server) -> {
                    Channel channel =
                            rt.await(
                                    client(group, new EchoHandler())
                                            .connect(server.localAddress()));
                    rt.await(channel.close());
                    rt.await(channel.deregister());
                    try (FrameChannel client = FrameChannel.attach(channel)) {
                        assertThat(client.read()).isNull();
                        assertThatThrownBy(() -> client.write(Unpooled.EMPTY_BUFFER))
                                .isInstanceOf(ClosedChannelException.class);
                    }
                });
    }

    @Test
    default void aFrameOfAnotherRuntimeIsToldWhichGroupToUse() throws Exception {
        besideServer(
                2,
                FrameChannelFixture::bytes,
                ch -> ch.read(),
                (rt, group, server) -> {
                    // One of two comes to the other loop.
                    assertThatThrownBy(
                                    () -> {
                                        for (int i = 0; i < 2; i++) {
                                            Bootstrap anywhere =
                                                    new Bootstrap()
                                                            .group(group.next())
                                                            .channel(group.socketChannel());
                                            FrameChannel.connect(anywhere, server.localAddress())
                                                    .close();
                                        }
                                    })
                            .hasStackTraceContaining("bootstrap.group(rt.eventLoop())");
                });
    }

    @Test
    default void whatWasNeverReadIsReleased() throws Exception {
        List<ByteBuf> made = new ArrayList<>();
        inFrame(
                rt -> {
                    EmbeddedChannel channel = new EmbeddedChannel();
                    Frame<Void> frame =
                            FrameChannel.spawn(
                                    channel,
                                    ch -> {
                                        ByteBuf first = ch.read(ByteBuf.class);
                                        first.release();
                                        channel.config().setAutoRead(true);
                                    });
                    for (int i = 0; i < 3; i++) {
                        made.add(Unpooled.buffer().writeByte(i));
                        channel.writeInbound(made.get(i));
                    }
                    frame.join();
                    made.add(Unpooled.buffer().writeByte(3));
                    channel.pipeline().fireChannelRead(made.get(3));
                    channel.runPendingTasks();
                    assertThat(channel.isOpen()).isFalse();
                });
        assertThat(made).hasSize(4).allMatch(message -> message.refCnt() == 0);
    }

    @Test
    default void outsideOfAFrameTheMessageSaysWhatToDo() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        withServer(
                1,
                channel -> {
                    try (FrameChannel attached = FrameChannel.attach(channel)) {
                        attached.read();
                    } catch (Exception e) {
                        thrown.complete(e);
                    }
                },
                null,
                (group, server) -> {
                    inClientFrame(
                            group,
                            server,
                            FrameChannelFixture::bytes,
                            (rt, client) -> {
                                assertThat(client.read()).isNull();
                            });
                    assertThat(resultOf(thrown))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("rt.spawn");
                });
    }

    @Test
    default void aMessageOfTheWrongTypeIsReleasedAndNamed() throws Exception {
        inFrame(
                rt -> {
                    EmbeddedChannel channel = new EmbeddedChannel();
                    Frame<Void> frame = FrameChannel.spawn(channel, ch -> ch.read(String.class));
                    ByteBuf message = Unpooled.buffer();
                    channel.writeInbound(message);
                    assertThatThrownBy(frame::join)
                            .hasRootCauseInstanceOf(ClassCastException.class)
                            .hasStackTraceContaining("java.lang.String");
                    channel.runPendingTasks();
                    assertThat(message.refCnt()).isZero();
                });
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aPeerThatHasResetIsGoneAndAHandlerThatFailedIsNot() throws Exception {
        CompletableFuture<PipelineException> reset = new CompletableFuture<>();
        CompletableFuture<PipelineException> failed = new CompletableFuture<>();
        withServer(
                1,
                FrameChannelFixture::lines,
                ch -> {
                    failed.complete(failureOf(ch));
                    reset.complete(failureOf(ch));
                },
                (group, server) -> {
                    try (java.net.Socket peer =
                            new java.net.Socket("127.0.0.1", FrameChannelFixture.port(server))) {
                        peer.getOutputStream().write("x".repeat(2000).concat("\n").getBytes());
                        PipelineException tooLong = resultOf(failed);
                        assertThat(tooLong).hasCauseInstanceOf(TooLongFrameException.class);
                        assertThat(tooLong.isPeerGone()).isFalse();
                        peer.setSoLinger(true, 0);
                    }
                    PipelineException gone = resultOf(reset);
                    assertThat(gone.isPeerGone()).as("%s", gone).isTrue();
                    assertThat(gone.channel().parent()).isSameAs(server);
                });
    }

    private static PipelineException failureOf(FrameChannel channel) throws Exception {
        try {
            throw new AssertionError("read " + channel.read());
        } catch (PipelineException e) {
            return e;
        }
    }

    /** Remembers what came to it. */
    final class Heard extends ChannelInboundHandlerAdapter {
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure.complete(cause);
        }
    }

    /** Fails to encode what is written. */
    final class BrokenEncoder extends MessageToMessageEncoder<String> {
        @Override
        protected void encode(ChannelHandlerContext context, String message, List<Object> out) {
            throw new IllegalStateException("cannot encode " + message);
        }
    }

    @Test
    default void aFailureThatTheFrameDidNotStayForGoesOnInThePipeline() throws Exception {
        Heard read = new Heard();
        Heard written = new Heard();
        withServer(
                1,
                FrameChannelFixture::lines,
                ch -> ch.read(),
                (group, server) -> {
                    inGroupFrame(
                            group,
                            rt -> {
                                FrameChannel client =
                                        connect(rt, group, server, FrameChannelFixture::bytes);
                                client.channel().pipeline().addLast(read);
                                client.channel()
                                        .pipeline()
                                        .fireExceptionCaught(new IllegalStateException("unread"));
                                rt.await(client.channel().eventLoop().submit(() -> {}));
                                client.close();
                                rt.await(client.channel().closeFuture());
                                FrameChannel other =
                                        connect(
                                                rt,
                                                group,
                                                server,
                                                ch -> ch.pipeline().addLast(new BrokenEncoder()));
                                other.channel().pipeline().addLast(written);
                                other.write("this");
                                other.close();
                                rt.await(other.channel().closeFuture());
                            });
                    assertThat(resultOf(read.failure)).hasMessage("unread");
                    assertThat(resultOf(written.failure)).hasRootCauseMessage("cannot encode this");
                });
    }
}
