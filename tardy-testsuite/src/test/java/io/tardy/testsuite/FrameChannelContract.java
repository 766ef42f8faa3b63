package io.tardy.testsuite;

import static io.tardy.testsuite.GroupContract.bindAnywhere;
import static io.tardy.testsuite.GroupContract.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.Timer;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.PipelineException;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Frames over pipelines of Netty's: reading, writing, back-pressure, failures, references. */
interface FrameChannelContract extends GroupContract {

    /** Lines of text, both ways. */
    static ChannelInitializer<Channel> lines(FrameChannelBody body) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline()
                        .addLast(new LineBasedFrameDecoder(1024), new StringDecoder())
                        .addLast(new StringEncoder());
                if (body != null) {
                    FrameChannel.spawn(channel, body);
                }
            }
        };
    }

    static ChannelInitializer<Channel> bytes(FrameChannelBody body) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                FrameChannel.spawn(channel, body);
            }
        };
    }

    private static void echoLines(FrameChannel channel) throws IOException {
        for (String line; (line = channel.read(String.class)) != null; ) {
            channel.write(line + "\n");
        }
    }

    /** Runs in a frame of the group's first loop. */
    static void inGroupFrame(TardyEventLoopGroup group, Body body) throws Exception {
        TardyRuntime runtime = GroupContract.runtimeOf(group.next());
        runtime.spawn(() -> body.run(runtime)).join();
    }

    static FrameChannel connect(TardyRuntime rt, TardyEventLoopGroup group, SocketAddress server)
            throws IOException {
        Bootstrap bootstrap =
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(group.socketChannel())
                        .handler(lines(null));
        return FrameChannel.connect(bootstrap, server);
    }

    @Test
    default void framesReadAndWriteWhatThePipelineMakes() throws Exception {
        withGroup(
                2,
                group -> {
                    Channel server =
                            bindAnywhere(server(group, lines(FrameChannelContract::echoLines)));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        connect(rt, group, server.localAddress())) {
                                    List<String> sent =
                                            IntStream.range(0, 1000)
                                                    .mapToObj(i -> "line " + i)
                                                    .collect(Collectors.toList());
                                    Frame<Void> writer =
                                            rt.spawn(
                                                    () -> {
                                                        for (String line : sent) {
                                                            client.write(line + "\n");
                                                        }
                                                    });
                                    List<String> received = new ArrayList<>();
                                    while (received.size() < sent.size()) {
                                        received.add(client.read(String.class));
                                    }
                                    writer.join();
                                    assertThat(received).isEqualTo(sent);
                                }
                            });
                });
    }

    @Test
    default void theEndIsNullAndWhatWasWrittenBeforeItsOwnEndGoesOut() throws Exception {
        withGroup(
                1,
                group -> {
                    int size = 4 << 20;
                    Channel server =
                            bindAnywhere(
                                    server(
                                            group,
                                            bytes(
                                                    ch ->
                                                            ch.write(
                                                                    Unpooled.buffer(size)
                                                                            .writeZero(size)))));
                    inGroupFrame(
                            group,
                            rt -> {
                                long total = 0;
                                try (FrameChannel client = connectRaw(rt, group, server)) {
                                    for (ByteBuf part;
                                            (part = client.read(ByteBuf.class)) != null; ) {
                                        total += part.readableBytes();
                                        part.release();
                                    }
                                    assertThat(client.read()).isNull();
                                }
                                assertThat(total).isEqualTo(size);
                            });
                });
    }

    private static FrameChannel connectRaw(
            TardyRuntime rt, TardyEventLoopGroup group, Channel server) throws IOException {
        return FrameChannel.connect(
                new Bootstrap()
                        .group(rt.eventLoop())
                        .channel(group.socketChannel())
                        .handler(new ChannelInboundHandlerAdapter()),
                server.localAddress());
    }

    @Test
    default void afterTheOtherSideHasEndedItsDirectionOneMayStillAnswer() throws Exception {
        int repeats = 1 << 21; // much more than the socket's buffers take at once
        withGroup(
                1,
                group -> {
                    ServerBootstrap bootstrap =
                            server(
                                            group,
                                            lines(
                                                    ch -> {
                                                        int count = 0;
                                                        while (ch.read() != null) {
                                                            count++;
                                                        }
                                                        String answer = count + " lines\n";
                                                        ch.write(answer.repeat(repeats));
                                                    }))
                                    .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
                    Channel server = bindAnywhere(bootstrap);
                    inFrame(
                            rt -> {
                                try (Socket peer =
                                        Socket.tcp(
                                                "127.0.0.1",
                                                ((java.net.InetSocketAddress) server.localAddress())
                                                        .getPort())) {
                                    peer.connect();
                                    peer.sendAll(ascii("a\nb\nc\n"));
                                    peer.shutdownOutput();
                                    String expected = "3 lines\n".repeat(repeats);
                                    ByteBuffer answer = ByteBuffer.allocate(expected.length() + 1);
                                    while (peer.recv(answer) != -1) {}
                                    assertThat(answer.position()).isEqualTo(expected.length());
                                    assertThat(text(answer.flip()).equals(expected)).isTrue();
                                }
                            });
                });
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    /** Counts the bytes that the transport reads. */
    final class Meter extends ChannelInboundHandlerAdapter {
        final AtomicLong bytes = new AtomicLong();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            bytes.addAndGet(((ByteBuf) message).readableBytes());
            context.fireChannelRead(message);
        }
    }

    @Test
    default void aReaderThatDoesNotReadHoldsTheSenderBack() throws Exception {
        long size = 64L << 20;
        // 64 KiB wait for the frame, and what one read of the transport has brought: 16 times 64
        // KiB at most.
        long bound = (64 << 10) + 16 * (64 << 10);
        Meter meter = new Meter();
        CompletableFuture<Void> go = new CompletableFuture<>();
        CompletableFuture<Long> total = new CompletableFuture<>();
        withGroup(
                1,
                group -> {
                    ChannelHandler slow =
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    channel.pipeline().addLast(meter);
                                    FrameChannel.spawn(
                                            channel,
                                            ch -> {
                                                TardyRuntime.of(channel).await(go);
                                                total.complete(drain(ch));
                                            });
                                }
                            };
                    Channel server = bindAnywhere(server(group, slow));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client = connectRaw(rt, group, server)) {
                                    ByteBuf chunk =
                                            Unpooled.directBuffer(1 << 16).writeZero(1 << 16);
                                    long sent = 0;
                                    boolean held = false;
                                    while (!held) {
                                        try {
                                            Deadline.within(
                                                    Duration.ofMillis(200),
                                                    () ->
                                                            client.writeAndFlush(
                                                                    chunk.retainedDuplicate()));
                                        } catch (DeadlineExceededException e) {
                                            held = true; // what was written still goes out
                                        }
                                        sent += 1 << 16;
                                        assertThat(sent).as("held back").isLessThan(size);
                                    }
                                    assertThat(meter.bytes.get()).isLessThanOrEqualTo(bound);
                                    go.complete(null);
                                    while (sent < size) {
                                        client.write(chunk.retainedDuplicate());
                                        sent += 1 << 16;
                                    }
                                    client.flush();
                                    chunk.release();
                                }
                                assertThat(rt.await(total)).isEqualTo(size);
                            });
                });
    }

    private static long drain(FrameChannel channel) throws IOException {
        long total = 0;
        for (ByteBuf part; (part = channel.read(ByteBuf.class)) != null; ) {
            total += part.readableBytes();
            part.release();
        }
        return total;
    }

    @Test
    default void whatAHandlerThrowsTheFrameGetsAndMayAnswer() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server =
                            bindAnywhere(
                                    server(
                                            group,
                                            lines(
                                                    ch -> {
                                                        try {
                                                            ch.read();
                                                            ch.write("no failure\n");
                                                        } catch (PipelineException e) {
                                                            ch.write(
                                                                    e.getCause()
                                                                                    .getClass()
                                                                                    .getSimpleName()
                                                                            + "\n");
                                                        }
                                                        ch.write(ch.read(String.class) + "\n");
                                                    })));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        connect(rt, group, server.localAddress())) {
                                    client.write("x".repeat(2000) + "\nnext\n");
                                    assertThat(client.read())
                                            .isEqualTo(TooLongFrameException.class.getSimpleName());
                                    assertThat(client.read()).isEqualTo("next");
                                    assertThat(client.read()).isNull();
                                }
                            });
                });
    }

    @Test
    default void aFrameThatFailsClosesItsChannel() throws Exception {
        CompletableFuture<Frame<Void>> failed = new CompletableFuture<>();
        withGroup(
                1,
                group -> {
                    ChannelHandler failing =
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    failed.complete(
                                            FrameChannel.spawn(
                                                    channel,
                                                    ch -> {
                                                        throw new IllegalStateException("oh");
                                                    }));
                                }
                            };
                    Channel server = bindAnywhere(server(group, failing));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client = connectRaw(rt, group, server)) {
                                    assertThat(client.read()).isNull();
                                    assertThatThrownBy(() -> rt.await(failed).join())
                                            .hasRootCauseMessage("oh");
                                }
                            });
                });
    }

    @Test
    default void writingToAClosedChannelFailsAndReleases() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server = bindAnywhere(server(group, bytes(ch -> {})));
                    inGroupFrame(
                            group,
                            rt -> {
                                FrameChannel client = connectRaw(rt, group, server);
                                assertThat(client.read()).isNull();
                                rt.await(client.channel().closeFuture());
                                ByteBuf message = Unpooled.buffer().writeByte(1);
                                assertThatThrownBy(() -> client.write(message))
                                        .isInstanceOf(ClosedChannelException.class);
                                assertThat(message.refCnt()).isZero();
                                client.close();
                                client.close();
                            });
                });
    }

    @Test
    default void aPipelineThatIsOverReadsAsItsEnd() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server = bindAnywhere(server(group, bytes(ch -> ch.read())));
                    inGroupFrame(
                            group,
                            rt -> {
                                Channel channel =
                                        rt.await(
                                                GroupContract.client(group, new EchoHandler())
                                                        .connect(server.localAddress()));
                                rt.await(channel.close());
                                rt.await(channel.deregister());
                                try (FrameChannel client = FrameChannel.attach(channel)) {
                                    assertThat(client.read()).isNull();
                                    assertThatThrownBy(() -> client.write(Unpooled.EMPTY_BUFFER))
                                            .isInstanceOf(ClosedChannelException.class);
                                }
                            });
                });
    }

    @Test
    default void aFrameOfAnotherRuntimeIsToldWhichGroupToUse() throws Exception {
        withGroup(
                2,
                group -> {
                    Channel server = bindAnywhere(server(group, bytes(ch -> ch.read())));
                    inGroupFrame(
                            group,
                            rt -> {
                                // One of two comes to the other loop.
                                assertThatThrownBy(
                                                () -> {
                                                    for (int i = 0; i < 2; i++) {
                                                        Bootstrap anywhere =
                                                                new Bootstrap()
                                                                        .group(group.next())
                                                                        .channel(
                                                                                group
                                                                                        .socketChannel());
                                                        FrameChannel.connect(
                                                                        anywhere,
                                                                        server.localAddress())
                                                                .close();
                                                    }
                                                })
                                        .hasStackTraceContaining("bootstrap.group(rt.eventLoop())");
                            });
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
    default void anEmbeddedChannelServesInTests() throws Exception {
        inFrame(
                rt -> {
                    EmbeddedChannel channel =
                            new EmbeddedChannel(
                                    new LineBasedFrameDecoder(64),
                                    new StringDecoder(),
                                    new StringEncoder());
                    Frame<Void> frame =
                            FrameChannel.spawn(channel, FrameChannelContract::echoLines);
                    channel.writeInbound(Unpooled.wrappedBuffer(ascii("one\ntwo\n")));
                    while (channel.outboundMessages().size() < 2) {
                        Frame.yield();
                        channel.runPendingTasks();
                    }
                    for (String expected : List.of("one\n", "two\n")) {
                        ByteBuf answer = channel.readOutbound();
                        assertThat(answer.toString(StandardCharsets.US_ASCII)).isEqualTo(expected);
                        answer.release();
                    }
                    channel.close();
                    frame.join();
                    channel.finish();
                });
    }

    @Test
    default void localChannelsServeToo() throws Exception {
        withGroup(
                2,
                group -> {
                    LocalAddress address = new LocalAddress(FrameChannelContract.class);
                    new ServerBootstrap()
                            .group(group)
                            .channel(LocalServerChannel.class)
                            .childHandler(lines(FrameChannelContract::echoLines))
                            .bind(address)
                            .sync();
                    inGroupFrame(
                            group,
                            rt -> {
                                Bootstrap bootstrap =
                                        new Bootstrap()
                                                .group(rt.eventLoop())
                                                .channel(LocalChannel.class)
                                                .handler(lines(null));
                                try (FrameChannel client =
                                        FrameChannel.connect(bootstrap, address)) {
                                    client.write("a\nb\n");
                                    assertThat(client.read()).isEqualTo("a");
                                    assertThat(client.read()).isEqualTo("b");
                                }
                            });
                });
    }

    @Test
    default void lateOrCancelledReadsLoseNoMessage() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server =
                            bindAnywhere(server(group, lines(FrameChannelContract::echoLines)));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        connect(rt, group, server.localAddress())) {
                                    assertThatThrownBy(
                                                    () ->
                                                            Deadline.within(
                                                                    Duration.ofMillis(5),
                                                                    () -> client.read()))
                                            .isInstanceOf(DeadlineExceededException.class);
                                    Frame<Object> reader = rt.spawn(() -> client.read());
                                    Frame.yield();
                                    assertThatThrownBy(client::read)
                                            .isInstanceOf(IllegalStateException.class)
                                            .hasMessageContaining("another frame reads from");
                                    reader.cancel();
                                    assertThatThrownBy(reader::join)
                                            .hasRootCauseInstanceOf(CancelledException.class);
                                    client.write("still here\n");
                                    assertThat(client.read()).isEqualTo("still here");
                                }
                            });
                });
    }

    @Test
    default void whatIsWrittenGoesOutWhateverTheFrameWaitsForNext() throws Exception {
        withGroup(
                1,
                group -> {
                    Channel server =
                            bindAnywhere(
                                    server(
                                            group,
                                            lines(
                                                    ch -> {
                                                        ch.write("hello\n");
                                                        Timer.delay(Duration.ofHours(1));
                                                    })));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        connect(rt, group, server.localAddress())) {
                                    assertThat(client.read()).isEqualTo("hello");
                                }
                            });
                });
    }

    @Test
    default void outsideOfAFrameTheMessageSaysWhatToDo() throws Exception {
        withGroup(
                1,
                group -> {
                    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
                    ChannelHandler wrong =
                            new ChannelInitializer<Channel>() {
                                @Override
                                protected void initChannel(Channel channel) {
                                    try (FrameChannel attached = FrameChannel.attach(channel)) {
                                        attached.read();
                                    } catch (Exception e) {
                                        thrown.complete(e);
                                    }
                                }
                            };
                    Channel server = bindAnywhere(server(group, wrong));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client = connectRaw(rt, group, server)) {
                                    assertThat(client.read()).isNull();
                                }
                            });
                    assertThat(thrown.get(patience().toSeconds(), TimeUnit.SECONDS))
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
}
