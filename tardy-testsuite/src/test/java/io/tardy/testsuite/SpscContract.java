package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Timer;
import io.tardy.aio.CancelledException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Channels between frames. */
interface SpscContract extends TransportFixture {

    @Test
    default void everyMessageArrivesOnceAndInOrderFromOneRuntimeToAnother() throws Exception {
        for (int capacity : new int[] {1, 64}) {
            int messages = 50_000;
            Spsc<Integer> channel = new Spsc<>(capacity);
            AtomicLong received = new AtomicLong();
            inFrame(
                    tardy(2),
                    rt -> {
                        if (rt.id() == 0) {
                            try (var producer = channel.producer(rt)) {
                                for (int i = 0; i < messages; i++) {
                                    producer.send(i);
                                }
                            }
                        } else {
                            received.set(receiveAll(channel.consumer(rt)));
                        }
                    });
            assertThat(received).hasValue(messages);
        }
    }

    private static long receiveAll(Spsc<Integer>.Consumer consumer) throws IOException {
        int next = 0;
        try (consumer) {
            for (; ; next++) {
                assertThat(consumer.recv()).isEqualTo(next);
            }
        } catch (ChannelClosedException e) {
            return next;
        }
    }

    @Test
    default void aFullChannelMakesTheProducerWait() throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    List<Integer> sent = new ArrayList<>();
                    rt.spawn(
                            () -> {
                                for (int i = 0; i < 9; i++) {
                                    producer.send(i);
                                    sent.add(i);
                                }
                                producer.close();
                            });
                    Timer.delay(Duration.ofMillis(2));
                    assertThat(sent).containsExactly(0, 1, 2, 3);
                    assertThat(receiveAll(consumer)).isEqualTo(9);
                });
    }

    @Test
    default void aClosedConsumerEndsAProducerThatWaits() throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    Frame<Void> sending =
                            rt.spawn(
                                    () -> {
                                        for (; ; ) {
                                            producer.send(0);
                                        }
                                    });
                    Timer.delay(Duration.ofMillis(1));
                    consumer.close();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(sending::join)
                            .withCauseInstanceOf(ChannelClosedException.class);
                });
    }

    @Test
    default void aClosedProducerEndsAConsumerThatWaits() throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    Frame<Integer> receiving = rt.spawn(consumer::recv);
                    Timer.delay(Duration.ofMillis(1));
                    producer.close();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(receiving::join)
                            .withCauseInstanceOf(ChannelClosedException.class);
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(() -> producer.send(1));
                });
    }

    @Test
    default void aWaitInAChannelCanBeCancelled() throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(4);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    Frame<Integer> receiving = rt.spawn(consumer::recv);
                    Timer.delay(Duration.ofMillis(1));
                    receiving.cancel();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(receiving::join)
                            .withCauseInstanceOf(CancelledException.class);
                    producer.send(7);
                    assertThat(consumer.recv()).isEqualTo(7);
                });
    }

    @Test
    default void eachEndIsTakenOnce() throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(3);
                    assertThat(channel.capacity()).isEqualTo(4);
                    channel.producer(rt);
                    channel.consumer(rt);
                    assertThatIllegalStateException().isThrownBy(() -> channel.producer(rt));
                    assertThatIllegalStateException().isThrownBy(() -> channel.consumer(rt));
                });
    }
}
