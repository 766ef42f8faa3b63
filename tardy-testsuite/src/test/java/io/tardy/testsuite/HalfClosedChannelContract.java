package io.tardy.testsuite;

import static io.tardy.testsuite.FrameChannelFixture.ascii;
import static io.tardy.testsuite.FrameChannelFixture.pipeline;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frames over pipelines whose peer has ended its direction. */
interface HalfClosedChannelContract extends FrameChannelFixture {

    @Test
    default void afterTheOtherSideHasEndedItsDirectionOneMayStillAnswer() throws Exception {
        int repeats = 1 << 21; // much more than the socket's buffers take at once
        withPeer(
                FrameChannelFixture::lines,
                ch -> {
                    int count = 0;
                    while (ch.read() != null) {
                        count++;
                    }
                    assertThat(ch.read()).as("again").isNull();
                    ch.write((count + " lines\n").repeat(repeats));
                },
                (rt, peer) -> {
                    peer.sendAll(ascii("a\nb\nc\n"));
                    peer.shutdownOutput();
                    String expected = "3 lines\n".repeat(repeats);
                    ByteBuffer answer = ByteBuffer.allocate(expected.length() + 1);
                    while (peer.recv(answer) != -1) {}
                    assertThat(answer.position()).isEqualTo(expected.length());
                    assertThat(text(answer.flip()).equals(expected)).isTrue();
                });
    }

    @Test
    default void aPeerThatHasEndedItsDirectionIsAnsweredHoweverLateTheFrameIs() throws Exception {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        withPeer(
                FrameChannelFixture::lines,
                ch -> {
                    String line = ch.read(String.class);
                    assertThat(ch.read()).isNull();
                    ended.complete(null);
                    TardyRuntime.of(ch.channel()).await(go);
                    ch.writeAndFlush(line + "\n");
                    assertThat(ch.channel().isOpen()).isTrue();
                },
                (rt, peer) -> {
                    peer.sendAll(ascii("late\n"));
                    peer.shutdownOutput();
                    rt.await(ended);
                    go.complete(null);
                    assertThat(readToEnd(peer)).isEqualTo("late\n");
                });
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aPeerThatHasEndedItsDirectionGetsTheRestOfAWriteThatStalls() throws Exception {
        stalledWriteToPeerThatEnds(true, false);
    }

    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aPeerThatEndsItsDirectionDuringAStalledWriteGetsItsRest() throws Exception {
        stalledWriteToPeerThatEnds(false, false);
    }

    /** What waits for the peer lets the socket go: the peer sees its end. */
    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void aStalledWriteToAPeerThatHasEndedItsDirectionEndsWithTheChannel() throws Exception {
        stalledWriteToPeerThatEnds(true, true);
    }

    private void stalledWriteToPeerThatEnds(boolean endsBefore, boolean closes) throws Exception {
        int piece = 1 << 16;
        int first = 4 << 20; // far more than both sockets' buffers take
        int size = 16 << 20;
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CompletableFuture<Void> stalled = new CompletableFuture<>();
        withServer(
                1,
                ch -> {
                    ch.config().setOption(ChannelOption.SO_SNDBUF, 1 << 16);
                    ch.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1 << 16, 8 << 20));
                    ch.pipeline().addLast(new EndOfInput(ended));
                },
                ch -> {
                    if (endsBefore) {
                        TardyRuntime.of(ch.channel()).await(ended);
                    }
                    int written = 0;
                    for (; written < first; written += piece) {
                        ch.write(Unpooled.directBuffer(piece).writeZero(piece));
                    }
                    awaitStall(ch.channel(), written);
                    stalled.complete(null);
                    if (closes) {
                        ch.channel().close();
                        return;
                    }
                    for (; written < size; written += piece) {
                        ch.write(Unpooled.directBuffer(piece).writeZero(piece));
                    }
                    ch.flush();
                },
                (group, server) -> {
                    try (java.net.Socket peer = new java.net.Socket()) {
                        peer.setReceiveBufferSize(4096);
                        peer.setSoTimeout(20_000);
                        peer.connect(server.localAddress());
                        if (endsBefore) {
                            peer.shutdownOutput();
                        }
                        stalled.get(20, TimeUnit.SECONDS);
                        if (!endsBefore) {
                            peer.shutdownOutput();
                        }
                        ended.get(20, TimeUnit.SECONDS);
                        long total = 0;
                        byte[] bytes = new byte[1 << 16];
                        for (int n; (n = peer.getInputStream().read(bytes)) != -1; ) {
                            total += n;
                        }
                        if (closes) {
                            assertThat(total).as("its end").isPositive().isLessThan(first);
                        } else {
                            assertThat(total).isEqualTo(size);
                        }
                    }
                });
    }

    /** Some of what was written has gone, and no more goes in many turns of the loop. */
    private static void awaitStall(Channel channel, long written) throws IOException {
        long before = 0;
        for (int turns = 0; turns < 1000; turns++) {
            Frame.yield();
            long left = channel.unsafe().outboundBuffer().totalPendingWriteBytes();
            if (left == 0 || left >= written || left != before) {
                turns = 0;
            }
            before = left;
        }
    }

    /** Tells when the pipeline has heard that its peer sends no more. */
    final class EndOfInput extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Void> ended;

        EndOfInput(CompletableFuture<Void> ended) {
            this.ended = ended;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ended.complete(null);
            }
            context.fireUserEventTriggered(event);
        }
    }

    @Test
    default void aFrameThatLeavesItsHalfClosedPeerIsBoundedByTheIdleTimeout() throws Exception {
        CompletableFuture<Void> never = new CompletableFuture<>();
        CompletableFuture<PipelineException> thrown = new CompletableFuture<>();
        withPeer(
                ch -> ch.pipeline().addLast(new ReadTimeoutHandler(300, TimeUnit.MILLISECONDS)),
                ch -> {
                    assertThat(ch.read()).isNull();
                    TardyRuntime.of(ch.channel()).await(never);
                    try {
                        ch.read();
                    } catch (PipelineException e) {
                        thrown.complete(e);
                    }
                },
                (rt, peer) -> {
                    peer.shutdownOutput();
                    assertThat(readToEnd(peer)).isEmpty();
                    never.complete(null);
                    PipelineException timeout = rt.await(thrown);
                    assertThat(timeout).hasCauseInstanceOf(ReadTimeoutException.class);
                    assertThat(timeout.isPeerGone()).isTrue();
                });
    }

    /** Netty's channels of Unix sockets know no half-closure elsewhere, as of 4.2.18. */
    @Test
    @NotSimulated(NotSimulated.PEERS)
    default void onUnixSocketsOfEpollAHalfClosedPeerIsAnsweredElsewhereTheChannelIsClosed(
            @TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        CompletableFuture<String> outcome = new CompletableFuture<>();
        withGroup(
                1,
                group -> {
                    new ServerBootstrap()
                            .group(group)
                            .channel(group.serverDomainSocketChannel())
                            .childHandler(
                                    pipeline(
                                            FrameChannelFixture::lines,
                                            ch -> {
                                                while (ch.read() != null) {}
                                                try {
                                                    ch.writeAndFlush("late\n");
                                                    outcome.complete("answered");
                                                } catch (ClosedChannelException e) {
                                                    outcome.complete("closed");
                                                }
                                            }))
                            .bind(
                                    transport() == AsyncType.POLL
                                            ? UnixDomainSocketAddress.of(path)
                                            : new DomainSocketAddress(path.toString()))
                            .sync();
                    inFrame(
                            rt -> {
                                try (Socket peer = Socket.unix(path)) {
                                    peer.connect();
                                    peer.sendAll(ascii("hello\n"));
                                    peer.shutdownOutput();
                                    boolean isAnswered = transport() == AsyncType.EPOLL;
                                    assertThat(readToEnd(peer))
                                            .isEqualTo(isAnswered ? "late\n" : "");
                                    assertThat(rt.await(outcome))
                                            .isEqualTo(isAnswered ? "answered" : "closed");
                                }
                            });
                });
    }

    private static String readToEnd(Socket peer) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        Deadline.within(
                Duration.ofSeconds(20),
                () -> {
                    while (peer.recv(bytes) != -1) {}
                });
        return text(bytes.flip());
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }
}
