package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A body is what the name of the call says, with a value or without, however it is written. */
interface BodyContract extends TransportFixture {

    Duration DAY = Duration.ofDays(1);

    /** With other methods of its name: as a reference it has no type of its own. */
    private static void overloaded() {}

    private static int overloaded(int value) {
        return value;
    }

    private static int overloadedCall() {
        return 42;
    }

    private static void overloadedCall(int value) {}

    private static Object thrown(String message) throws IOException {
        throw new IOException(message);
    }

    @Test
    default void aLambdaOrAReferenceIsTheBodyThatTheNameSays() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> run = rt.spawn(BodyContract::overloaded);
                    Frame<Void> dropped = rt.spawn("named", () -> overloaded(1));
                    Frame<Integer> called = rt.spawnCall(BodyContract::overloadedCall);
                    Frame<Integer> named = rt.spawnCall("named", () -> overloaded(2));
                    assertThat(run.join()).isNull();
                    assertThat(dropped.join()).isNull();
                    assertThat(called.join() + named.join()).isEqualTo(44);
                    try (Scope scope = Scope.open()) {
                        Frame<Void> forked = scope.fork(() -> overloaded(1));
                        Frame<Integer> forkedCall = scope.forkCall(() -> overloaded(3));
                        scope.join();
                        assertThat(forked.join()).isNull();
                        assertThat(forkedCall.join()).isEqualTo(3);
                    }
                    Deadline.within(DAY, BodyContract::overloaded);
                    int within = Deadline.callWithin(DAY, BodyContract::overloadedCall);
                    assertThat(within).isEqualTo(42);
                });
    }

    @Test
    default void aBodyMayThrowAlways() throws Exception {
        inFrame(
                rt -> {
                    Frame<Void> run =
                            rt.spawn(
                                    () -> {
                                        throw new IOException("run");
                                    });
                    Frame<String> call =
                            rt.spawnCall(
                                    () -> {
                                        throw new IOException("call");
                                    });
                    for (Frame<?> frame : new Frame<?>[] {run, call}) {
                        TransportFixture.assertFailedOf(frame, IOException.class);
                    }
                    assertThatThrownBy(() -> Deadline.within(DAY, () -> thrown("within")))
                            .isInstanceOf(IOException.class)
                            .hasMessage("within");
                });
    }

    @Test
    default void anExceptionOfAnyKindLeavesADeadlineAsItIs() throws Exception {
        TimeoutException mine = new TimeoutException("mine");
        inFrame(
                rt -> {
                    assertThatThrownBy(
                                    () ->
                                            Deadline.within(
                                                    DAY,
                                                    () -> {
                                                        throw mine;
                                                    }))
                            .isSameAs(mine);
                    assertThatThrownBy(
                                    () ->
                                            Deadline.callWithin(
                                                    DAY,
                                                    () -> {
                                                        throw mine;
                                                    }))
                            .isSameAs(mine);
                });
    }

    @Test
    @NotSimulated(NotSimulated.ENTRY)
    default void anExceptionOfTheEntryFunctionComesOutAsItIs() {
        IOException mine = new IOException("mine");
        try (Tardy tardy = tardy().build()) {
            assertThatThrownBy(
                            () ->
                                    tardy.entry(
                                            mine,
                                            (rt, failure) -> {
                                                throw failure;
                                            }))
                    .isSameAs(mine);
        }
    }
}
