package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.ascii;
import static io.tardy.testsuite.FrameChannelFixture.connect;
import static io.tardy.testsuite.FrameChannelFixture.drain;
import static io.tardy.testsuite.FrameChannelFixture.pipeline;
import static io.tardy.testsuite.GroupFixture.client;
import static io.tardy.testsuite.GroupFixture.clientHere;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.FrameChannel;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Frames over pipelines of Netty's: reading, writing and back-pressure, on channels of all kinds.
 */
interface FrameChannelContract extends FrameChannelFixture {

    @Test
    default void framesReadAndWriteWhatThePipelineMakes() throws Exception {
        withClient(
                2,
                FrameChannelFixture::lines,
                FrameChannelFixture::echoLines,
                (rt, client) -> {
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
                });
    }

    @Test
    default void theEndIsNullAndWhatWasWrittenBeforeItsOwnEndGoesOut() throws Exception {
        int size = 4 << 20;
        withClient(
                1,
                FrameChannelFixture::bytes,
                ch -> ch.write(Unpooled.buffer(size).writeZero(size)),
                (rt, client) -> {
                    assertThat(drain(client)).isEqualTo(size);
                    assertThat(client.read()).isNull();
                });
    }

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aFileIsSentFromBeyondItsFirstTwoGigabytes(@TempDir Path folder) throws Exception {
        long far = 2L << 30;
        Path path = folder.resolve("sparse");
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(StandardCharsets.UTF_8.encode("before, behind"), far - "before".length());
        }
        withClient(
                1,
                FrameChannelFixture::bytes,
                ch -> {
                    ch.write(new DefaultFileRegion(path.toFile(), far - 6, 6));
                    ch.write(new DefaultFileRegion(path.toFile(), far, 8));
                },
                (rt, client) -> {
                    StringBuilder all = new StringBuilder();
                    for (ByteBuf part; (part = client.read(ByteBuf.class)) != null; ) {
                        all.append(FrameChannelFixture.takeText(part));
                    }
                    assertThat(all).hasToString("before, behind");
                });
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
        besideServer(
                1,
                channel -> channel.pipeline().addLast(meter),
                ch -> {
                    TardyRuntime.of(ch.channel()).await(go);
                    total.complete(drain(ch));
                },
                (rt, group, server) -> {
                    try (FrameChannel client =
                            connect(rt, group, server, FrameChannelFixture::bytes)) {
                        ByteBuf chunk = Unpooled.directBuffer(1 << 16).writeZero(1 << 16);
                        long sent = 0;
                        boolean held = false;
                        while (!held) {
                            try {
                                Deadline.within(
                                        Duration.ofMillis(200),
                                        () -> client.writeAndFlush(chunk.retainedDuplicate()));
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
                    Frame<Void> frame = FrameChannel.spawn(channel, FrameChannelFixture::echoLines);
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
                            .childHandler(
                                    pipeline(
                                            FrameChannelFixture::lines,
                                            FrameChannelFixture::echoLines))
                            .bind(address)
                            .sync();
                    inGroupFrame(
                            group,
                            rt -> {
                                Bootstrap bootstrap =
                                        clientHere(
                                                rt,
                                                LocalChannel.class,
                                                pipeline(FrameChannelFixture::lines, null));
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
        withClient(
                1,
                FrameChannelFixture::lines,
                FrameChannelFixture::echoLines,
                (rt, client) -> {
                    assertThatThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(5), () -> client.read()))
                            .isInstanceOf(DeadlineExceededException.class);
                    Frame<Object> reader = rt.spawnCall(() -> client.read());
                    Frame.delay(Duration.ofMillis(1)); // it reads
                    assertThatThrownBy(client::read)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("another frame reads from");
                    reader.cancel();
                    assertThatThrownBy(reader::join)
                            .hasRootCauseInstanceOf(CancelledException.class);
                    client.write("still here\n");
                    assertThat(client.read()).isEqualTo("still here");
                });
    }

    @Test
    default void whatIsWrittenGoesOutWhateverTheFrameWaitsForNext() throws Exception {
        withClient(
                1,
                FrameChannelFixture::lines,
                ch -> {
                    ch.write("hello\n");
                    Frame.delay(Duration.ofHours(1));
                },
                (rt, client) -> {
                    assertThat(client.read()).isEqualTo("hello");
                });
    }
}
