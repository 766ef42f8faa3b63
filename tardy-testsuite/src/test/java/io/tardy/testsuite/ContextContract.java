package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Scoped values go with what is forked, and with what asks for them. */
interface ContextContract extends TransportFixture {

    ScopedValue<String> USER = ScopedValue.newInstance();
    ScopedValue<Integer> DEPTH = ScopedValue.newInstance();

    private static String user() {
        return USER.orElse("nobody");
    }

    @Test
    default void aForkedFrameHasTheScopedValuesOfItsOwner() throws Exception {
        inFrame(
                rt -> {
                    String seen = ScopedValue.where(USER, "ann").call(() -> forkedTwice(rt));
                    assertThat(seen).isEqualTo("ann, then bob, then ann");
                    assertThat(USER.isBound()).isFalse();
                    try (Scope scope = Scope.open()) {
                        Frame<String> child = scope.forkCall(ContextContract::user);
                        scope.join();
                        assertThat(child.join()).isEqualTo("nobody");
                    }
                });
    }

    private static String forkedTwice(TardyRuntime rt) throws Exception {
        try (Scope scope = Scope.open(Duration.ofSeconds(20))) {
            Frame<String> child =
                    scope.forkCall(
                            () -> {
                                String before = user();
                                Frame.delay(Duration.ofMillis(1));
                                String rebound =
                                        ScopedValue.where(USER, "bob").call(() -> forkedOnce());
                                Frame.yield();
                                return before + ", then " + rebound + ", then " + user();
                            });
            assertThat(rt.spawnCall(ContextContract::user).join())
                    .as("what is spawned may outlive them")
                    .isEqualTo("nobody");
            scope.join();
            assertThat(user()).isEqualTo("ann");
            return child.join();
        }
    }

    private static String forkedOnce() throws Exception {
        try (Scope scope = Scope.open()) {
            Frame<String> child = scope.forkCall(ContextContract::user);
            scope.join();
            return child.join();
        }
    }

    @Test
    default void aTreeOfForksHasTheValuesOfEachBranch() throws Exception {
        long seed = Seeds.draw("aTreeOfForksHasTheValuesOfEachBranch");
        inFrame(
                rt ->
                        ScopedValue.where(DEPTH, 0)
                                .call(
                                        () -> {
                                            grow(new SplittableRandom(seed), 0);
                                            return null;
                                        }));
    }

    private static void grow(SplittableRandom random, int depth) throws Exception {
        assertThat(DEPTH.get()).isEqualTo(depth);
        if (depth == 5) {
            return;
        }
        try (Scope scope = Scope.open()) {
            for (int i = 0; i < 3; i++) {
                SplittableRandom own = random.split();
                if (own.nextBoolean()) {
                    scope.fork(() -> rebind(own, depth + 1));
                } else {
                    ScopedValue.where(DEPTH, depth + 1)
                            .call(() -> scope.fork(() -> grow(own, depth + 1)));
                }
                Frame.yield();
            }
            scope.join();
        }
        assertThat(DEPTH.get()).isEqualTo(depth);
    }

    private static void rebind(SplittableRandom random, int depth) throws Exception {
        assertThat(DEPTH.get()).isEqualTo(depth - 1);
        ScopedValue.where(DEPTH, depth)
                .call(
                        () -> {
                            grow(random, depth);
                            return null;
                        });
    }

    @Test
    default void whatAsksForThemInheritsThemOnAnyThread() throws Exception {
        inFrame(
                rt -> {
                    Callable<String> anns =
                            ScopedValue.where(USER, "ann")
                                    .call(() -> Frame.inheritingCall(ContextContract::user));
                    Callable<String> bobs =
                            ScopedValue.where(USER, "bob")
                                    .call(() -> Frame.inheritingCall(ContextContract::user));
                    assertThat(Frame.inheritingCall(ContextContract::user).call())
                            .isEqualTo("nobody");
                    for (int i = 0; i < 20; i++) { // on threads that remember what they looked up
                        assertThat(rt.offload(anns)).isEqualTo("ann");
                        assertThat(rt.offload(bobs)).isEqualTo("bob");
                        assertThat(rt.offload(ContextContract::user)).isEqualTo("nobody");
                        assertThat(rt.spawnCall(anns).join()).isEqualTo("ann");
                        assertThat(bobs.call()).isEqualTo("bob");
                        assertThat(user()).isEqualTo("nobody");
                    }
                    String[] seen = new String[1];
                    ScopedValue.where(USER, "cid")
                            .call(() -> rt.spawn(Frame.inheriting(() -> seen[0] = user())))
                            .join();
                    assertThat(seen[0]).isEqualTo("cid");
                });
    }

    /** Where the JVM forgets which values are bound, and looks for them when it is asked. */
    private static String userAfterAnOverflow() {
        try {
            overflow(0);
        } catch (StackOverflowError e) {
            return user();
        }
        throw new AssertionError("no overflow");
    }

    private static long overflow(long depth) {
        return overflow(depth + 1) * 31 + depth;
    }

    @Test
    default void inheritedValuesOutliveAnOverflowOfTheStack() throws Exception {
        inFrame(
                rt ->
                        ScopedValue.where(USER, "ann")
                                .call(
                                        () -> {
                                            assertOverflowForgetsNobody(rt);
                                            return null;
                                        }));
    }

    private static void assertOverflowForgetsNobody(TardyRuntime rt) throws Exception {
        assertThat(userAfterAnOverflow()).as("as the JDK has it").isEqualTo("ann");
        try (Scope scope = Scope.open()) {
            Frame<String> child = scope.forkCall(ContextContract::userAfterAnOverflow);
            scope.join();
            assertThat(child.join()).isEqualTo("ann");
        }
        Callable<String> anns = Frame.inheritingCall(ContextContract::userAfterAnOverflow);
        assertThat(rt.spawnCall(anns).join()).isEqualTo("ann");
        assertThat(ScopedValue.where(USER, "bob").call(anns::call)).isEqualTo("ann");
        assertThat(user()).isEqualTo("ann");
    }

    @Test
    default void whatInheritsNothingHasNothingWhereverItRuns() throws Exception {
        inFrame(
                rt -> {
                    Callable<String> nobodys = Frame.inheritingCall(ContextContract::user);
                    assertThat(ScopedValue.where(USER, "ann").call(nobodys::call))
                            .isEqualTo("nobody");
                });
    }
}
