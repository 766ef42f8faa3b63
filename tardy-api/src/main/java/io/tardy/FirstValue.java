package io.tardy;

import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.runtime.TaskScheduler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * A frame's wait for the first value of a publisher. The frame makes all calls of the subscription,
 * so they are one after the other; the publisher's threads only leave here what they bring, and
 * what a rule of Reactive Streams forbids is ignored where it does no harm.
 */
final class FirstValue<V> implements Flow.Subscriber<V> {

    /** Null if a signal has come without one, or the frame has given up. */
    private final CompletableFuture<Flow.@Nullable Subscription> subscribed =
            new CompletableFuture<>();

    private final CompletableFuture<@Nullable V> first = new CompletableFuture<>();

    /** The publisher has nothing more to say: it needs no cancel. */
    private volatile boolean isOver;

    private FirstValue() {}

    /** {@link TardyRuntime#awaitFirst}. */
    static <V> @Nullable V await(TaskScheduler scheduler, Flow.Publisher<? extends V> publisher)
            throws Exception {
        scheduler.requireFrame("awaitFirst").requireMayWait("awaitFirst");
        FirstValue<V> value = new FirstValue<>();
        try {
            publisher.subscribe(value);
            Flow.Subscription subscription = FutureWait.await(scheduler, value.subscribed);
            if (subscription != null && !value.first.isDone()) {
                subscription.request(1);
            }
            return FutureWait.await(scheduler, value.first);
        } catch (CancelledException | DeadlineExceededException e) {
            if (value.first.cancel(false) || value.first.isCompletedExceptionally()) {
                throw e;
            }
            return FutureWait.await(scheduler, value.first); // has come: nobody else has it
        } finally {
            value.end();
        }
    }

    /** The frame wants nothing more; a subscription that comes later is cancelled as it comes. */
    private void end() {
        subscribed.complete(null);
        Flow.Subscription subscription = subscribed.join();
        if (subscription != null && !isOver) {
            subscription.cancel();
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (!subscribed.complete(required(subscription, "onSubscribe"))) {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(V value) {
        first.complete(required(value, "onNext"));
        subscribed.complete(null);
    }

    @Override
    public void onError(Throwable failure) {
        isOver = true;
        first.completeExceptionally(required(failure, "onError"));
        subscribed.complete(null);
    }

    @Override
    public void onComplete() {
        isOver = true;
        first.complete(null);
        subscribed.complete(null);
    }

    /** Both sides hear of a null: who has sent it, and the frame, which would wait for ever. */
    private <T> T required(@Nullable T sent, String signal) {
        if (sent == null) {
            NullPointerException mistake =
                    new NullPointerException("the publisher has called " + signal + " with null");
            first.completeExceptionally(mistake);
            subscribed.complete(null);
            throw mistake;
        }
        return sent;
    }
}
