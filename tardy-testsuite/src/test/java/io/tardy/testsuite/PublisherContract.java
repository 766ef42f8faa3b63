package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** A frame waits for the first value of a publisher, be that as the rules want it or not. */
interface PublisherContract extends TransportFixture {

    /** Says what it is told to, and notes what it is asked for. */
    class Scripted implements Flow.Publisher<String>, Flow.Subscription {

        final List<String> calls = new ArrayList<>();
        Flow.Subscriber<? super String> subscriber;

        @Override
        public void subscribe(Flow.Subscriber<? super String> subscriber) {
            this.subscriber = subscriber;
            subscribed();
        }

        void subscribed() {
            subscriber.onSubscribe(this);
        }

        void requested() {}

        /** In another frame of the same runtime. */
        void awaitRequest() throws CancelledException {
            while (calls.isEmpty()) {
                Frame.yield();
            }
        }

        @Override
        public void request(long count) {
            calls.add("request " + count);
            requested();
        }

        @Override
        public void cancel() {
            calls.add("cancel");
        }
    }

    /** One that answers the request at once, in the call. */
    @FunctionalInterface
    interface Answer {
        void to(Flow.Subscriber<? super String> subscriber);
    }

    static Scripted answering(Answer answer) {
        return new Scripted() {
            @Override
            void requested() {
                answer.to(subscriber);
            }
        };
    }

    /** One that signals this instead of a subscription. */
    static Scripted signalling(Answer answer) {
        return new Scripted() {
            @Override
            void subscribed() {
                answer.to(subscriber);
            }
        };
    }

    @Test
    default void theFirstValueIsReturnedAndTheRestIsNotAskedFor() throws Exception {
        inFrame(
                rt -> {
                    Scripted soon = new Scripted();
                    Frame<String> waiting = rt.spawnCall(() -> rt.awaitFirst(soon));
                    soon.awaitRequest();
                    assertThat(soon.calls).containsExactly("request 1");
                    soon.subscriber.onNext("first");
                    assertThat(waiting.join()).isEqualTo("first");
                    assertThat(soon.calls).containsExactly("request 1", "cancel");

                    Scripted atOnce = answering(subscriber -> subscriber.onNext("at once"));
                    assertThat(rt.awaitFirst(atOnce)).isEqualTo("at once");
                    assertThat(atOnce.calls).containsExactly("request 1", "cancel");
                });
    }

    @Test
    default void aPublisherThatHasCompletedIsNotCancelled() throws Exception {
        inFrame(
                rt -> {
                    Scripted one =
                            answering(
                                    subscriber -> {
                                        subscriber.onNext("the only one");
                                        subscriber.onComplete();
                                    });
                    assertThat(rt.awaitFirst(one)).isEqualTo("the only one");
                    assertThat(one.calls).containsExactly("request 1");

                    Scripted none = answering(Flow.Subscriber::onComplete);
                    assertThat(rt.awaitFirst(none)).isNull();
                    assertThat(none.calls).containsExactly("request 1");

                    IOException broken = new IOException("broken");
                    Scripted failing = answering(subscriber -> subscriber.onError(broken));
                    assertThatThrownBy(() -> rt.awaitFirst(failing)).isSameAs(broken);
                    assertThat(failing.calls).containsExactly("request 1");
                });
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void aPublisherOfTheJdksWorks() throws Exception {
        inFrame(
                rt -> {
                    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
                        Frame<Integer> waiting = rt.spawnCall(() -> rt.awaitFirst(publisher));
                        while (publisher.getNumberOfSubscribers() == 0) {
                            Frame.yield();
                        }
                        publisher.submit(1);
                        publisher.submit(2);
                        assertThat(waiting.join()).isEqualTo(1);
                        while (publisher.getNumberOfSubscribers() > 0) {
                            Frame.yield();
                        }
                    }
                });
    }

    @Test
    default void whoGivesUpCancelsTheSubscription() throws Exception {
        inFrame(
                rt -> {
                    Scripted late = new Scripted();
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(1),
                                                    () -> rt.awaitFirst(late)));
                    assertThat(late.calls).containsExactly("request 1", "cancel");

                    Scripted silent = new Scripted();
                    Frame<String> waiting = rt.spawnCall(() -> rt.awaitFirst(silent));
                    silent.awaitRequest();
                    waiting.cancel();
                    TransportFixture.assertFailedOf(waiting, CancelledException.class);
                    assertThat(silent.calls).containsExactly("request 1", "cancel");
                    silent.subscriber.onNext("nobody hears it");
                    silent.subscriber.onError(new IOException("nor this"));
                });
    }

    /** The publisher has given it away: nobody else has it. */
    @Test
    default void aValueThatMeetsACancelIsReturned() throws Exception {
        inFrame(
                rt -> {
                    Scripted soon = new Scripted();
                    Frame<String> waiting = rt.spawnCall(() -> rt.awaitFirst(soon));
                    soon.awaitRequest();
                    rt.eventLoop()
                            .execute(
                                    () -> {
                                        soon.subscriber.onNext("meets a cancel");
                                        waiting.cancel();
                                    });
                    assertThat(waiting.join()).isEqualTo("meets a cancel");
                    assertThat(soon.calls).containsExactly("request 1", "cancel");
                });
    }

    @Test
    default void aSubscriptionThatComesTooLateIsCancelled() throws Exception {
        inFrame(
                rt -> {
                    Scripted mute = signalling(subscriber -> {});
                    assertThatExceptionOfType(DeadlineExceededException.class)
                            .isThrownBy(
                                    () ->
                                            Deadline.within(
                                                    Duration.ofMillis(1),
                                                    () -> rt.awaitFirst(mute)));
                    assertThat(mute.calls).isEmpty();
                    mute.subscriber.onSubscribe(mute);
                    assertThat(mute.calls).containsExactly("cancel");
                });
    }

    @Test
    default void aFrameThatMayNotWaitSubscribesToNothing() throws Exception {
        inFrame(
                rt -> {
                    Scripted unasked = new Scripted();
                    Frame<String> cancelled = rt.spawnCall(() -> rt.awaitFirst(unasked));
                    cancelled.cancel();
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertThat(unasked.subscriber).isNull();
                });
    }

    /** What the rules forbid changes nothing that was said before. */
    @Test
    default void whatAPublisherSaysTooMuchIsIgnored() throws Exception {
        inFrame(
                rt -> {
                    Scripted twice =
                            answering(
                                    subscriber -> {
                                        subscriber.onNext("first");
                                        subscriber.onNext("second");
                                    });
                    assertThat(rt.awaitFirst(twice)).isEqualTo("first");
                    Scripted afterItsEnd =
                            answering(
                                    subscriber -> {
                                        subscriber.onComplete();
                                        subscriber.onError(new IOException("after the end"));
                                        subscriber.onNext("after the end");
                                    });
                    assertThat(rt.awaitFirst(afterItsEnd)).isNull();
                    Scripted second = new Scripted();
                    Scripted subscribesTwice =
                            answering(
                                    subscriber -> {
                                        subscriber.onSubscribe(second);
                                        subscriber.onNext("of the first");
                                    });
                    assertThat(rt.awaitFirst(subscribesTwice)).isEqualTo("of the first");
                    assertThat(second.calls).containsExactly("cancel");
                    assertThat(subscribesTwice.calls).containsExactly("request 1", "cancel");
                });
    }

    @Test
    default void aSignalWithoutASubscriptionCounts() throws Exception {
        inFrame(
                rt -> {
                    assertThat(rt.awaitFirst(signalling(subscriber -> subscriber.onNext("early"))))
                            .isEqualTo("early");
                    assertThat(rt.awaitFirst(signalling(Flow.Subscriber::onComplete))).isNull();
                    IOException broken = new IOException("broken");
                    assertThatThrownBy(
                                    () ->
                                            rt.awaitFirst(
                                                    signalling(
                                                            subscriber ->
                                                                    subscriber.onError(broken))))
                            .isSameAs(broken);
                    IllegalStateException refused = new IllegalStateException("refused");
                    assertThatThrownBy(
                                    () ->
                                            rt.awaitFirst(
                                                    signalling(
                                                            subscriber -> {
                                                                throw refused;
                                                            })))
                            .isSameAs(refused);
                });
    }

    /** Both sides hear of it. */
    @Test
    default void aNullInPlaceOfAValueIsAFailure() throws Exception {
        inFrame(
                rt -> {
                    List<Answer> nulls =
                            List.of(
                                    subscriber -> subscriber.onNext(null),
                                    subscriber -> subscriber.onError(null),
                                    subscriber -> subscriber.onSubscribe(null));
                    for (Answer answer : nulls) {
                        List<Throwable> told = new ArrayList<>();
                        Scripted publisher =
                                signalling(
                                        subscriber -> {
                                            try {
                                                answer.to(subscriber);
                                            } catch (NullPointerException e) {
                                                told.add(e);
                                            }
                                        });
                        assertThatExceptionOfType(NullPointerException.class)
                                .isThrownBy(() -> rt.awaitFirst(publisher))
                                .withMessageContaining("with null");
                        assertThat(told).hasSize(1);
                    }
                });
    }
}
