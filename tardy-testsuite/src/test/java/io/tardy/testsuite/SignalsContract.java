package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.Signal;
import io.tardy.Signals;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signals of the system. Real ones: HUP and TERM would end this process if nobody took them. */
interface SignalsContract extends TransportFixture {

    @Test
    default void aFrameWaitsForASignalThatComesLaterOrHasCome() throws Exception {
        Queue<Signal> taken = new ConcurrentLinkedQueue<>();
        Signal first = isHupIgnored() ? Signal.TERM : Signal.HUP;
        inFrame(
                rt -> {
                    try (Signals signals = Signals.open(Signal.HUP, Signal.TERM)) {
                        Frame<Signal> waiting = rt.spawnCall(signals::next);
                        Frame.yield();
                        raise(first);
                        taken.add(waiting.join());
                        try (Signals others = Signals.open(Signal.HUP, Signal.TERM)) {
                            raise(Signal.TERM);
                            taken.add(signals.next());
                            taken.add(others.next());
                            raise(Signal.TERM);
                            taken.add(others.next());
                        }
                        taken.add(signals.next());
                    }
                });
        assertThat(taken)
                .containsExactly(first, Signal.TERM, Signal.TERM, Signal.TERM, Signal.TERM);
    }

    @Test
    default void theWaitForASignalIsAsAnyWait() throws Exception {
        inFrame(
                rt -> {
                    try (Signals signals = Signals.open(Signal.TERM)) {
                        assertThatExceptionOfType(DeadlineExceededException.class)
                                .isThrownBy(
                                        () ->
                                                Deadline.callWithin(
                                                        Duration.ofMillis(2), signals::next));
                        Frame<Signal> waiting = rt.spawnCall(signals::next);
                        Frame.delay(Duration.ofMillis(1));
                        assertThatIllegalStateException()
                                .isThrownBy(signals::next)
                                .withMessageContaining("another frame");
                        waiting.cancel();
                        TransportFixture.assertFailedOf(waiting, CancelledException.class);
                        raise(Signal.TERM); // lost by nobody who has given up
                        assertThat(signals.next()).isEqualTo(Signal.TERM);
                        Frame<Signal> refused = rt.spawnCall(signals::next);
                        Frame.delay(Duration.ofMillis(1));
                        signals.close();
                        TransportFixture.assertFailedOf(refused, IllegalStateException.class);
                    }
                });
    }

    @Test
    default void aHandlerThatWasThereBeforeIsThereAgain() throws Exception {
        Queue<Signal> taken = new ConcurrentLinkedQueue<>();
        inFrame(
                rt -> {
                    try (Signals outer = Signals.open(Signal.TERM)) {
                        Signals.open(Signal.TERM).close();
                        raise(Signal.TERM);
                        assertThat(outer.next()).isEqualTo(Signal.TERM);
                    }
                    Frame<Void> daemon =
                            rt.spawnDaemon(
                                    () -> {
                                        try (Signals signals = Signals.open(Signal.TERM)) {
                                            taken.add(signals.next());
                                            Frame.delay(DAY);
                                        }
                                    });
                    Frame.delay(Duration.ofMillis(1));
                    raise(Signal.TERM);
                    while (taken.isEmpty()) { // or it would end this process after the close
                        Frame.delay(Duration.ofMillis(1));
                    }
                    assertThat(daemon.status()).isEqualTo(FrameStatus.ALIVE);
                });
    }

    @Test
    @NotSimulated(NotSimulated.SIGNALS)
    default void aHandlerThatCameMeanwhileStays() throws Exception {
        Class<?> handlers = Class.forName("sun.misc.SignalHandler");
        CompletableFuture<String> heard = new CompletableFuture<>();
        Object later =
                Proxy.newProxyInstance(
                        handlers.getClassLoader(),
                        new Class<?>[] {handlers},
                        (proxy, method, arguments) -> {
                            heard.complete(method.getName());
                            return null;
                        });
        Signals signals = Signals.open(Signal.TERM);
        Object before = handle(Signal.TERM, later);
        try {
            signals.close();
            raise(Signal.TERM);
            assertThat(heard.get(patience().toSeconds(), TimeUnit.SECONDS)).isEqualTo("handle");
        } finally {
            handle(Signal.TERM, handlers.getField("SIG_DFL").get(null));
        }
        assertThat(before).isNotNull();
    }

    private static Object handle(Signal signal, Object handler)
            throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Object handled = type.getConstructor(String.class).newInstance(signal.name());
        return type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"))
                .invoke(null, handled, handler);
    }

    /** As where the build was started by nohup(1): then the JVM does not hear of it. */
    private static boolean isHupIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line -> Long.parseLong(line.substring(7).strip(), 16) % 2 == 1);
    }

    /** As {@code kill} does, but for this process and from within. */
    default void raise(Signal signal) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Object raised = type.getConstructor(String.class).newInstance(signal.name());
        type.getMethod("raise", type).invoke(null, raised);
    }
}
