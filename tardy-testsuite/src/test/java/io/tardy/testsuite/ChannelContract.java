package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.onLoop;
import static io.tardy.testsuite.SemaphoreContract.refusal;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel;
import io.tardy.channel.ChannelClosedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Channels that any frames send to and receive from. */
interface ChannelContract extends TransportFixture {

    private static List<Channel<Integer>> kinds() {
        return List.of(
                Channel.rendezvous(),
                Channel.buffered(1),
                Channel.buffered(7),
                Channel.unlimited());
    }

    @Test
    default void everyMessageArrivesOnceAndThoseOfASenderInOrder() throws Exception {
        int senders = 6;
        int messages = 500;
        for (Channel<Integer> channel : kinds()) {
            AtomicInteger live = new AtomicInteger(senders);
            Queue<Integer> received = new ConcurrentLinkedQueue<>();
            inFrame(
                    tardy(2),
                    rt -> {
                        for (int i = 0; i < senders / 2; i++) {
                            int sender = 2 * i + rt.id();
                            rt.spawn(
                                    () -> {
                                        for (int number = 0; number < messages; number++) {
                                            channel.send(sender * messages + number);
                                        }
                                        if (live.decrementAndGet() == 0) {
                                            channel.close();
                                        }
                                    });
                        }
                        for (int i = 0; i < 3; i++) {
                            rt.spawn(() -> receiveAll(channel, senders, messages, received));
                        }
                    });
            assertThat(received)
                    .as("%s", channel)
                    .hasSize(senders * messages)
                    .doesNotHaveDuplicates();
            assertThat(channel.toString())
                    .isEqualTo("closed channel with 0 messages, 0 sending, 0 receiving");
        }
    }

    private static void receiveAll(
            Channel<Integer> channel, int senders, int messages, Queue<Integer> received)
            throws IOException {
        int[] last = new int[senders];
        for (Integer message; (message = channel.next()) != null; ) {
            int sender = message / messages;
            assertThat(message % messages + 1).isGreaterThan(last[sender]);
            last[sender] = message % messages + 1;
            received.add(message);
            if (message % 16 == 0) {
                Frame.yield();
            }
        }
    }

    @Test
    default void whoeverWaitsLongestIsServedFirst() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.buffered(1);
                    List<String> seen = new ArrayList<>();
                    List<Frame<Void>> receivers = new ArrayList<>();
                    for (String name : List.of("first", "second", "third")) {
                        receivers.add(
                                waiting(
                                        rt,
                                        channel::receiving,
                                        () -> seen.add(name + channel.recv())));
                    }
                    receivers.get(1).cancel();
                    TransportFixture.assertFailedOf(receivers.get(1), CancelledException.class);
                    channel.send(1);
                    channel.send(2);
                    receivers.get(0).join();
                    receivers.get(2).join();
                    assertThat(seen).containsExactlyInAnyOrder("first1", "third2");
                    channel.send(0);
                    for (int i = 1; i < 4; i++) {
                        int message = i;
                        waiting(rt, channel::sending, () -> channel.send(message));
                    }
                    assertThat(channel.trySend(4)).as("it overtakes nobody").isFalse();
                    for (int i = 0; i < 4; i++) {
                        assertThat(channel.recv()).isEqualTo(i);
                    }
                });
    }

    @Test
    default void whoSendsAndGivesUpHasNotSent() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> channel = Channel.rendezvous();
                    Frame<Void> cancelled =
                            waiting(rt, channel::sending, () -> channel.send("cancelled"));
                    waiting(rt, channel::sending, () -> channel.send("sent"));
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(1),
                                                    () -> channel.send("late")));
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertThat(channel.recv()).isEqualTo("sent");
                    assertThat(channel.tryRecv()).isNull();
                    assertThat(channel.sending()).isZero();
                });
    }

    @Test
    default void aMessageThatWasGivenBeforeACancelIsNotLost() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> channel = Channel.rendezvous();
                    AtomicReference<String> seen = new AtomicReference<>();
                    Frame<Void> receiver =
                            waiting(
                                    rt,
                                    channel::receiving,
                                    () -> {
                                        seen.set(channel.recv());
                                        channel.recv();
                                    });
                    onLoop(
                            rt,
                            () -> {
                                assertThat(offered(channel, "given")).isTrue();
                                receiver.cancel();
                            });
                    TransportFixture.assertFailedOf(receiver, CancelledException.class);
                    assertThat(seen).hasValue("given");
                    assertThat(channel.receiving()).isZero();
                });
    }

    private static <T> boolean offered(Channel<T> channel, T message) {
        try {
            return channel.trySend(message);
        } catch (ChannelClosedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void whatWasSentBeforeTheCloseIsReceived() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.buffered(1);
                    channel.send(1);
                    Frame<Void> sender = waiting(rt, channel::sending, () -> channel.send(2));
                    channel.close();
                    channel.close();
                    assertThat(channel.isClosed()).isTrue();
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(() -> channel.send(3))
                            .withMessageContaining("was not sent")
                            .withNoCause();
                    assertThat(channel.next()).isEqualTo(1);
                    assertThat(channel.recv()).isEqualTo(2);
                    sender.join();
                    assertThat(channel.next()).isNull();
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(channel::recv)
                            .withNoCause();
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(channel::tryRecv)
                            .withMessageContaining("all was received");
                });
    }

    @Test
    default void theCloseEndsWhoWaitsForAMessage() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.buffered(1);
                    Frame<Void> receiver = waiting(rt, channel::receiving, channel::recv);
                    Frame<Void> reader =
                            waiting(
                                    rt,
                                    channel::receiving,
                                    () -> assertThat(channel.next()).isNull());
                    onLoop(rt, channel::close);
                    TransportFixture.assertFailedOf(receiver, ChannelClosedException.class);
                    reader.join();
                    assertThat(channel.receiving()).isZero();
                });
    }

    @Test
    default void aFailureEndsAllAtOnceAndTellsWhy() throws Exception {
        inFrame(
                rt -> {
                    IOException cause = new IOException("on purpose");
                    Channel<Integer> channel = Channel.buffered(2);
                    channel.send(1);
                    channel.send(2);
                    Frame<Void> sender = waiting(rt, channel::sending, () -> channel.send(3));
                    Channel<Integer> empty = Channel.rendezvous();
                    Frame<Void> receiver = waiting(rt, empty::receiving, empty::next);
                    channel.close();
                    assertThat(channel.fail(cause)).containsExactly(1, 2);
                    assertThat(channel.fail(new IOException("later"))).isEmpty();
                    empty.fail(cause);
                    TransportFixture.assertFailedOf(sender, ChannelClosedException.class);
                    TransportFixture.assertFailedOf(receiver, ChannelClosedException.class);
                    for (Channel<Integer> failed : List.of(channel, empty)) {
                        assertThatExceptionOfType(ChannelClosedException.class)
                                .isThrownBy(failed::next)
                                .withCause(cause);
                        assertThatExceptionOfType(ChannelClosedException.class)
                                .isThrownBy(() -> failed.trySend(4))
                                .withCause(cause);
                    }
                });
    }

    @Test
    default void whatNeedsNoWaitNeedsNoFrame() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.buffered(1);
                    List<String> messages = new ArrayList<>();
                    onLoop(
                            rt,
                            () -> {
                                messages.add(refusal(channel::recv));
                                assertThat(offered(channel, 1)).isTrue();
                                assertThat(offered(channel, 2)).isFalse();
                                messages.add(refusal(() -> channel.send(2)));
                                messages.add(refusal(channel::recv));
                            });
                    assertThat(messages.get(0)).startsWith("recv waits, and only a frame");
                    assertThat(messages.get(1)).startsWith("send waits, and only a frame");
                    assertThat(messages.get(2)).isEqualTo("none");
                    assertThat(channel.toString())
                            .isEqualTo("channel with 0 messages, 0 sending, 0 receiving");
                    assertThat(Channel.rendezvous().trySend("")).isFalse();
                    assertThat(Channel.rendezvous().capacity()).isZero();
                    assertThatIllegalArgumentException().isThrownBy(() -> Channel.buffered(0));
                });
    }
}
