package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Spsc;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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

    /** With both ends of a channel, on one runtime. */
    @FunctionalInterface
    interface Ends {
        void use(TardyRuntime rt, Spsc<Integer>.Producer producer, Spsc<Integer>.Consumer consumer)
                throws Exception;
    }

    private void withChannelOfFour(Ends ends) throws Exception {
        inFrame(
                rt -> {
                    Spsc<Integer> channel = new Spsc<>(4);
                    ends.use(rt, channel.producer(rt), channel.consumer(rt));
                });
    }

    @Test
    default void aFullChannelMakesTheProducerWait() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    List<Integer> sent = new ArrayList<>();
                    rt.spawn(
                            () -> {
                                for (int i = 0; i < 9; i++) {
                                    producer.send(i);
                                    sent.add(i);
                                }
                                producer.close();
                            });
                    Frame.delay(Duration.ofMillis(2));
                    assertThat(sent).containsExactly(0, 1, 2, 3);
                    assertThat(receiveAll(consumer)).isEqualTo(9);
                });
    }

    @Test
    default void aClosedConsumerEndsAProducerThatWaits() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    Frame<Void> sending =
                            rt.spawn(
                                    () -> {
                                        for (; ; ) {
                                            producer.send(0);
                                        }
                                    });
                    Frame.delay(Duration.ofMillis(1));
                    consumer.close();
                    TransportFixture.assertFailedOf(sending, ChannelClosedException.class);
                });
    }

    /** A frame that waits for a message. */
    private static Frame<Integer> receiving(TardyRuntime rt, Spsc<Integer>.Consumer consumer)
            throws IOException {
        Frame<Integer> receiving = rt.spawnCall(consumer::recv);
        Frame.delay(Duration.ofMillis(1));
        return receiving;
    }

    @Test
    default void aClosedProducerEndsAConsumerThatWaits() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    Frame<Integer> receiving = receiving(rt, consumer);
                    producer.close();
                    TransportFixture.assertFailedOf(receiving, ChannelClosedException.class);
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(() -> producer.send(1));
                });
    }

    @Test
    default void aWaitInAChannelCanBeCancelled() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    Frame<Integer> receiving = receiving(rt, consumer);
                    receiving.cancel();
                    TransportFixture.assertFailedOf(receiving, CancelledException.class);
                    producer.send(7);
                    assertThat(consumer.recv()).isEqualTo(7);
                });
    }

    @Test
    default void anEndHasOneFrameAtATimeAndTheSecondIsToldSo() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    Frame<Integer> receiving = receiving(rt, consumer);
                    assertThatIllegalStateException()
                            .isThrownBy(consumer::recv)
                            .withMessageContaining("another frame already receives from");
                    producer.send(7);
                    assertThat(receiving.join()).as("undisturbed").isEqualTo(7);
                    for (int i = 0; i < 4; i++) {
                        producer.send(i);
                    }
                    Frame<Void> sending = rt.spawn(() -> producer.send(4));
                    Frame.delay(Duration.ofMillis(1));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> producer.send(5))
                            .withMessageContaining("another frame already sends to");
                    for (int i = 0; i < 5; i++) {
                        assertThat(consumer.recv()).isEqualTo(i);
                    }
                    sending.join();
                    Frame<Integer> cancelled = rt.spawnCall(consumer::recv);
                    Frame.delay(Duration.ofMillis(1));
                    cancelled.cancel();
                    Frame.delay(Duration.ofMillis(1));
                    producer.send(6);
                    assertThat(consumer.recv()).as("after one was cancelled").isEqualTo(6);
                });
    }

    @Test
    @NotSimulated(NotSimulated.OUTSIDE)
    default void outsideOfAFrameTheMessageNamesTheOperation() throws Exception {
        withChannelOfFour(
                (rt, producer, consumer) -> {
                    assertThat(messageOnLoop(rt, consumer::recv)).startsWith("recv waits, ");
                    for (int i = 0; i < 4; i++) {
                        producer.send(i);
                    }
                    assertThat(
                                    messageOnLoop(
                                            rt,
                                            () -> {
                                                producer.send(4);
                                                return null;
                                            }))
                            .startsWith("send waits, ");
                    assertThat(messageOnLoop(rt, () -> rt.await(new CompletableFuture<>())))
                            .startsWith("await waits, ");
                });
    }

    private static String messageOnLoop(TardyRuntime rt, Callable<?> call) throws Exception {
        return rt.await(
                rt.eventLoop()
                        .submit(
                                () -> {
                                    try {
                                        return "returned " + call.call();
                                    } catch (IllegalStateException e) {
                                        return e.getMessage();
                                    }
                                }));
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

    @Test
    default void aFrameOfAnotherRuntimeIsToldThatTheEndIsNotItsOwn() throws Exception {
        Spsc<Integer> channel = new Spsc<>(4);
        CompletableFuture<Spsc<Integer>.Producer> producer = new CompletableFuture<>();
        CompletableFuture<Spsc<Integer>.Consumer> consumer = new CompletableFuture<>();
        CompletableFuture<Void> tried = new CompletableFuture<>();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        producer.complete(channel.producer(rt));
                        consumer.complete(channel.consumer(rt));
                        producer.get().send(1);
                        rt.await(tried);
                        assertThat(consumer.get().recv()).as("undisturbed").isEqualTo(1);
                        return;
                    }
                    try {
                        Spsc<Integer>.Consumer receiving = rt.await(consumer);
                        Spsc<Integer>.Producer sending = rt.await(producer);
                        assertThatIllegalStateException()
                                .isThrownBy(receiving::recv)
                                .withMessageStartingWith("recv: this frame belongs to runtime 1")
                                .withMessageContaining("use a Channel");
                        assertThatIllegalStateException()
                                .isThrownBy(() -> sending.send(2))
                                .withMessageStartingWith("send: this frame belongs to runtime 1");
                    } finally {
                        tried.complete(null);
                    }
                });
    }
}
