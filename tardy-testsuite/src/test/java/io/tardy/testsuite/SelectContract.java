package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.onLoop;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel;
import io.tardy.channel.ChannelClosedException;
import io.tardy.channel.Select;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A frame does the first of several things that is possible, and no other. */
interface SelectContract extends TransportFixture {

    @Test
    default void itDoesTheFirstThatIsReadyAndNothingElse() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> first = Channel.buffered(1);
                    Channel<Integer> second = Channel.buffered(1);
                    Channel<String> out = Channel.buffered(1);
                    Select<String> select =
                            new Select<String>()
                                    .recv(first, message -> "first " + message)
                                    .recv(second, number -> "second " + number)
                                    .send(out, "out", () -> "sent")
                                    .otherwise(() -> "nothing");
                    second.send(2);
                    assertThat(select.run()).isEqualTo("second 2");
                    first.send("1");
                    second.send(3);
                    assertThat(select.run()).isEqualTo("first 1");
                    assertThat(select.run()).isEqualTo("second 3");
                    assertThat(out.count()).isZero();
                    assertThat(select.run()).isEqualTo("sent");
                    assertThat(select.run()).isEqualTo("nothing");
                    assertThat(out.recv()).isEqualTo("out");
                });
    }

    @Test
    default void itWaitsForWhicheverComesFirst() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> in = Channel.rendezvous();
                    Channel<String> out = Channel.rendezvous();
                    Select<String> select =
                            new Select<String>()
                                    .recv(in, message -> "received " + message)
                                    .send(out, "out", () -> "sent");
                    Frame<String> selecting = rt.spawnCall(select::run);
                    while (in.receiving() + out.sending() < 2) {
                        Frame.yield();
                    }
                    assertThat(out.recv()).isEqualTo("out");
                    assertThat(selecting.join()).isEqualTo("sent");
                    assertThat(in.receiving()).as("it has left").isZero();
                    Frame<String> again = rt.spawnCall(select::run);
                    in.send("in");
                    assertThat(again.join()).isEqualTo("received in");
                    assertThat(out.sending()).isZero();
                });
    }

    @Test
    default void twoThatSelectMeetOnce() throws Exception {
        Channel<Integer> left = Channel.rendezvous();
        Channel<Integer> right = Channel.rendezvous();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger received = new AtomicInteger();
        int rounds = 500;
        inFrame(
                tardy(2),
                rt -> {
                    boolean isFirst = rt.id() == 0;
                    Channel<Integer> to = isFirst ? left : right;
                    Channel<Integer> from = isFirst ? right : left;
                    Select<Integer> select =
                            new Select<Integer>()
                                    .send(to, 1, sent::incrementAndGet)
                                    .next(
                                            from,
                                            any -> any == null ? 0 : received.incrementAndGet());
                    try {
                        for (int i = 0; i < rounds; i++) {
                            select.run();
                        }
                    } catch (ChannelClosedException e) {
                        // the other one had enough
                    }
                    left.close();
                    right.close();
                });
        assertThat(received).hasValue(sent.get());
        assertThat(sent.get()).isGreaterThanOrEqualTo(rounds / 2);
        assertThat(left.sending() + left.receiving()).isZero();
        assertThat(right.sending() + right.receiving()).isZero();
    }

    @Test
    default void itsTimeEndsItAndAnOuterDeadlineIsNotItsTime() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    Select<String> hour =
                            new Select<String>()
                                    .recv(channel, number -> "received")
                                    .after(Duration.ofHours(1), () -> "an hour");
                    Select<String> soon =
                            new Select<String>()
                                    .recv(channel, number -> "received")
                                    .after(Duration.ofMillis(1), () -> "soon");
                    assertThat(soon.run()).isEqualTo("soon");
                    assertThat(Deadline.callWithin(Duration.ofHours(1), soon::run))
                            .isEqualTo("soon");
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(() -> Deadline.callWithin(Duration.ofMillis(1), hour::run));
                    Frame<Void> cancelled = waiting(rt, channel::receiving, hour::run);
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertThat(channel.receiving()).isZero();
                    assertThat(rt.timersActive()).isZero();
                    assertThat(
                                    new Select<String>()
                                            .after(Duration.ZERO, () -> "a timer alone")
                                            .run())
                            .isEqualTo("a timer alone");
                });
    }

    /** Its own time is no block that the caller has begun. */
    @Test
    default void aDeadlineAroundItEndsItAsItEndsAnyWait() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    for (Duration after : List.of(Duration.ofHours(1), Duration.ofMillis(10))) {
                        Select<Integer> select =
                                new Select<Integer>()
                                        .recv(channel, number -> number)
                                        .after(after, () -> 0);
                        Deadline.within(
                                Duration.ofMillis(1),
                                () ->
                                        assertThatExceptionOfType(DeadlineExceededException.class)
                                                .isThrownBy(select::run));
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.within(
                                                        Duration.ofMillis(1),
                                                        () -> endOfOuter(select)));
                    }
                    assertThat(channel.receiving()).isZero();
                    assertThat(rt.timersActive()).isZero();
                });
    }

    private static void endOfOuter(Select<Integer> select) throws IOException {
        Deadline.within(
                Duration.ofHours(1),
                () ->
                        assertThatExceptionOfType(CancelledException.class)
                                .as("to the inner block")
                                .isThrownBy(select::run));
        Frame.delay(Duration.ofHours(1));
    }

    @Test
    default void aMessageThatWasGivenIsNotLostToACancelOrATime() throws Exception {
        inFrame(
                rt -> {
                    Channel<Integer> channel = Channel.rendezvous();
                    Channel<Integer> other = Channel.rendezvous();
                    List<Integer> seen = new ArrayList<>();
                    Select<Boolean> select =
                            new Select<Boolean>().recv(other, seen::add).recv(channel, seen::add);
                    Frame<Void> cancelled = waiting(rt, channel::receiving, select::run);
                    onLoop(
                            rt,
                            () -> {
                                try {
                                    channel.trySend(1);
                                    assertThat(other.trySend(2)).as("it is over").isFalse();
                                } catch (ChannelClosedException e) {
                                    throw new AssertionError(e);
                                }
                                cancelled.cancel();
                            });
                    cancelled.join();
                    assertThat(seen).containsExactly(1);
                });
    }

    @Test
    default void aChannelThatEndsEndsItOrIsTold() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> channel = Channel.rendezvous();
                    Channel<String> other = Channel.rendezvous();
                    Select<String> strict = new Select<String>().recv(channel, message -> message);
                    Select<String> lenient =
                            new Select<String>()
                                    .recv(other, message -> message)
                                    .next(channel, message -> message == null ? "end" : message);
                    Select<String> sending = new Select<String>().send(channel, "", () -> "sent");
                    Frame<String> told = rt.spawnCall(lenient::run);
                    Frame<Void> ended = waiting(rt, channel::receiving, strict::run);
                    channel.close();
                    assertThat(told.join()).isEqualTo("end");
                    TransportFixture.assertFailedOf(ended, ChannelClosedException.class);
                    assertThat(lenient.run()).isEqualTo("end");
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(sending::run)
                            .withNoCause();
                    IOException cause = new IOException("on purpose");
                    Frame<Void> failed = waiting(rt, other::receiving, otherOnly(other)::run);
                    other.fail(cause);
                    TransportFixture.assertFailedOf(failed, ChannelClosedException.class);
                    assertThatExceptionOfType(ChannelClosedException.class)
                            .isThrownBy(lenient::run)
                            .withCause(cause);
                    assertThatIllegalStateException().isThrownBy(() -> new Select<>().run());
                });
    }

    @Test
    default void whoSendsAndReceivesInOneChannelMeetsOthersOnlyAndHearsOfItsEnd() throws Exception {
        inFrame(
                rt -> {
                    Channel<String> channel = Channel.rendezvous();
                    Select<String> both =
                            new Select<String>()
                                    .send(channel, "own", () -> "sent")
                                    .next(channel, message -> "received " + message);
                    Frame<Void> cancelled = waiting(rt, channel::receiving, both::run);
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    Frame<String> first = rt.spawnCall(both::run);
                    Frame<String> second = rt.spawnCall(both::run);
                    assertThat(List.of(first.join(), second.join()))
                            .containsExactlyInAnyOrder("sent", "received own");
                    Frame<String> told =
                            rt.spawnCall(() -> Deadline.callWithin(patience(), both::run));
                    while (channel.receiving() == 0) {
                        Frame.yield();
                    }
                    channel.close();
                    assertThat(told.join()).isEqualTo("received null");
                    assertThat(channel.sending()).isZero();
                });
    }

    private static Select<String> otherOnly(Channel<String> other) {
        return new Select<String>().next(other, message -> message);
    }
}
