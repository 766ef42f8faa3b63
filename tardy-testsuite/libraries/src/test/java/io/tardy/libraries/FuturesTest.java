package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Frames among programs of futures and publishers. */
@Timeout(60)
class FuturesTest {

    /** For a program of threads and futures. */
    private static CompletableFuture<String> greeting(TardyRuntime rt, String name) {
        return rt.submit(
                () -> {
                    Frame.delay(Duration.ofMillis(1)); // or wait for a database
                    return "hello " + name;
                });
    }

    /** The first value, or null. */
    private static String firstOf(TardyRuntime rt, Publisher<String> publisher) throws Exception {
        return rt.awaitFirst(FlowAdapters.toFlowPublisher(publisher));
    }

    @OnEachTransport
    void anyThreadHasAFrameDoIt(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    assertThat(greeting(rt, "you").thenApply(String::length).join()).isEqualTo(9);
                });
    }

    @OnEachTransport
    void aFutureThatTimesOutCancelsItsFrame(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    CompletableFuture<Void> cancelled = new CompletableFuture<>();
                    CompletableFuture<Void> late =
                            Groups.runtimeOf(group)
                                    .submit(() -> waitUntilCancelled(cancelled))
                                    .orTimeout(1, TimeUnit.MILLISECONDS);
                    assertThatThrownBy(() -> late.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isInstanceOf(ExecutionException.class)
                            .hasCauseInstanceOf(TimeoutException.class);
                    cancelled.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                });
    }

    private static Void waitUntilCancelled(CompletableFuture<Void> cancelled) throws IOException {
        try {
            Frame.delay(Duration.ofDays(1));
            return null;
        } catch (CancelledException e) {
            cancelled.complete(null);
            throw e;
        }
    }

    @OnEachTransport
    void aFrameWaitsForReactorsPublishers(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<Void> frame = rt.spawn(() -> readPublishers(rt));
                    frame.join();
                });
    }

    private static void readPublishers(TardyRuntime rt) throws Exception {
        assertThat(firstOf(rt, Flux.just("a", "b"))).isEqualTo("a");
        assertThat(firstOf(rt, Flux.empty())).isNull();
        assertThat(firstOf(rt, Mono.delay(Duration.ofMillis(1)).map(number -> "later")))
                .isEqualTo("later"); // on a thread of Reactor's
        IOException broken = new IOException("broken");
        assertThatThrownBy(() -> firstOf(rt, Flux.error(broken))).isSameAs(broken);
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        Flux<String> never = Flux.<String>never().doOnCancel(() -> cancelled.complete(null));
        assertThatThrownBy(() -> Deadline.within(Duration.ofMillis(1), () -> firstOf(rt, never)))
                .isInstanceOf(DeadlineExceededException.class);
        assertThat(cancelled).isDone();
    }
}
