package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever attaches to a channel that has ended, or ends before he is there, waits for nothing. */
@ExtendWith(LeakCheck.class)
class FrameChannelLateTest {

    private final TardyEventLoopGroup group = new TardyEventLoopGroup(1);

    @AfterEach
    void shutDown() throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS);
    }

    /** What becomes of a client of an echo server, in a frame. */
    @FunctionalInterface
    private interface Body {
        void run(TardyRuntime runtime, Channel client) throws Exception;
    }

    private void whenConnected(Body body) throws Exception {
        Channel server =
                GroupFixture.bindAnywhere(
                        GroupFixture.server(group, new GroupFixture.EchoHandler()));
        TardyRuntime runtime = GroupFixture.runtimeOf(group.next());
        runtime.spawn(
                        () ->
                                body.run(
                                        runtime,
                                        runtime.await(
                                                GroupFixture.client(
                                                                group,
                                                                new ChannelInboundHandlerAdapter())
                                                        .connect(server.localAddress()))))
                .join();
    }

    private static void assertEnded(FrameChannel late) throws Exception {
        Deadline.within(Duration.ofSeconds(10), () -> assertThat(late.read()).isNull());
        assertThatThrownBy(() -> late.write("x")).isInstanceOf(ClosedChannelException.class);
        late.close();
    }

    @Test
    void aChannelThatHasEndedIsAtItsEnd() throws Exception {
        whenConnected(
                (runtime, client) -> {
                    runtime.await(client.close());
                    runtime.await(client.eventLoop().submit(() -> {}));
                    assertEnded(FrameChannel.attach(client));
                });
    }

    @Test
    void aChannelThatEndsMeanwhileIsAtItsEnd() throws Exception {
        whenConnected(
                (runtime, client) -> {
                    runtime.await(client.close()); // its pipeline ends a task later
                    assertEnded(FrameChannel.attach(client));
                });
    }
}
