package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** All runtimes of an entry start, or none does and what kept them from it is told. */
@NotSimulated("there are no threads to start")
interface StartContract extends TransportFixture {

    /** A stack so large that no system starts a thread with it. */
    long STACK_SIZE_TOO_LARGE = 1L << 46;

    /** Makes good threads, but the n-th, of three, as it is told to. */
    private static ThreadFactory factory(int nth, Function<Runnable, Thread> bad) {
        AtomicInteger made = new AtomicInteger();
        return body ->
                made.incrementAndGet() == nth
                        ? bad.apply(body)
                        : Thread.ofPlatform().name("tardy-of-the-test").unstarted(body);
    }

    private void requireNoneStarts(
            Function<Runnable, Thread> bad, Class<? extends Throwable> failure, String message)
            throws IOException {
        for (int nth = 1; nth <= 3; nth++) {
            Queue<Integer> entered = new ConcurrentLinkedQueue<>();
            try (Tardy tardy = tardy(3).threadFactory(factory(nth, bad)).build()) {
                assertThatThrownBy(
                                () -> tardy.entry(entered, (rt, ids) -> ids.add(rt.id())),
                                "the thread of runtime %s",
                                nth - 1)
                        .isInstanceOf(failure)
                        .hasMessageContaining(message);
                assertThat(entered).isEmpty();
                tardy.entry(entered, (rt, ids) -> ids.add(rt.id()));
                assertThat(entered).as("the next entry").containsExactlyInAnyOrder(0, 1, 2);
            }
        }
    }

    @Test
    default void noRuntimeStartsIfTheSystemRefusesTheThreadOfOne() throws IOException {
        requireNoneStarts(
                body -> new Thread(null, body, "tardy-too-large", STACK_SIZE_TOO_LARGE),
                OutOfMemoryError.class,
                "unable to create native thread");
    }

    @Test
    default void noRuntimeStartsIfTheFactoryThrows() throws IOException {
        requireNoneStarts(
                body -> {
                    throw new UnsupportedOperationException("no more of them");
                },
                IllegalStateException.class,
                "threadFactory failed to make the thread of runtime");
    }

    /** As a factory in Kotlin or Groovy may, where no exception is checked. */
    @Test
    default void noRuntimeStartsIfTheFactoryThrowsWhatIsChecked() throws IOException {
        requireNoneStarts(
                body -> StartContract.<Thread, RuntimeException>fail(new IOException("no more")),
                IllegalStateException.class,
                "threadFactory failed to make the thread of runtime");
    }

    @SuppressWarnings("unchecked")
    private static <T, E extends Throwable> T fail(Throwable failure) throws E {
        throw (E) failure;
    }

    @Test
    default void noRuntimeStartsIfTheFactoryMakesNone() throws IOException {
        requireNoneStarts(
                body -> null,
                IllegalStateException.class,
                "threadFactory made no thread for runtime");
    }

    @Test
    default void noRuntimeStartsIfTheFactoryMakesAVirtualThread() throws IOException {
        requireNoneStarts(
                body -> Thread.ofVirtual().unstarted(body),
                IllegalStateException.class,
                "threadFactory made a virtual thread for runtime");
    }

    @Test
    default void noRuntimeStartsIfTheFactoryHasStartedTheThread() throws IOException {
        requireNoneStarts(
                body -> Thread.ofPlatform().start(() -> {}),
                IllegalStateException.class,
                "that was started already");
    }

    @Test
    default void anErrorOfTheEntryFunctionIsThrown() {
        try (Tardy tardy = tardy(2).build()) {
            assertThatThrownBy(
                            () ->
                                    tardy.entry(
                                            "x",
                                            (rt, x) -> {
                                                if (rt.id() == 1) {
                                                    throw new OutOfMemoryError("of the test");
                                                }
                                            }))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("of the test");
        }
    }

    /** The first may stop the others before their turn has come. */
    @Test
    default void whoeverIsStoppedBeforeItsEntryFunctionIsCalledEndsAsOthersDo() throws IOException {
        for (int round = 0; round < 30; round++) {
            try (Tardy tardy = tardy(16).build()) {
                tardy.entry(rt -> rt.siblings().forEach(TardyRuntime::stop));
            }
        }
    }
}
