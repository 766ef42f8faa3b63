package io.tardy.testsuite;

import static io.tardy.testsuite.ScopeFixture.DAY;
import static io.tardy.testsuite.ScopeFixture.Reluctant;
import static io.tardy.testsuite.ScopeFixture.assertNothingIsLeft;
import static io.tardy.testsuite.ScopeFixture.fail;
import static io.tardy.testsuite.ScopeFixture.waitForEver;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.TaskPoolFullException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Scopes in scopes, of which nothing is left. */
interface ScopeTreeContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.BLOCKS)
    default void scopesNest() throws Exception {
        inFrame(
                rt -> {
                    AtomicInteger ended = new AtomicInteger();
                    Reluctant reluctants = new Reluctant(rt, ended);
                    try (Scope outer = Scope.open(DAY)) {
                        for (int i = 0; i < 3; i++) {
                            outer.fork(
                                    () -> {
                                        try (Scope inner = Scope.open()) {
                                            inner.fork(() -> waitForEver(ended));
                                            inner.fork(reluctants::run);
                                            inner.join();
                                        }
                                    });
                        }
                        reluctants.awaitBegan(3);
                        assertThat(rt.tasks()).isEqualTo(10);
                        outer.fork(() -> fail("one of the outer"));
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(outer::join)
                                .havingCause()
                                .withMessage("one of the outer");
                    }
                    assertThat(ended).hasValue(6);
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aScopeKnowsNothingOfAFrameForWhichThereWasNoRoom() throws Exception {
        inFrame(
                tardy().pooling(Pooling.STATIC).tasksInitial(2),
                rt -> {
                    try (Scope scope = Scope.open()) {
                        Frame<String> only = scope.forkCall(() -> "the only one");
                        assertThatExceptionOfType(TaskPoolFullException.class)
                                .isThrownBy(() -> scope.fork(() -> {}));
                        scope.join();
                        assertThat(only.join()).isEqualTo("the only one");
                    }
                    assertNothingIsLeft(rt);
                });
    }

    @Test
    default void aTreeOfScopesLeavesNothingBehind() throws Exception {
        long seed = Seeds.draw("aTreeOfScopesLeavesNothingBehind");
        SplittableRandom seeds = new SplittableRandom(seed);
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}),
                rt -> {
                    AtomicInteger alive = new AtomicInteger();
                    for (int round = 0; round < 60; round++) {
                        SplittableRandom random = seeds.split();
                        Frame<Void> root = rt.spawn(() -> growTree(random, 4, alive));
                        if (round % 3 == 0) {
                            Frame.delay(Duration.ofNanos(random.nextInt(2_000_000)));
                            root.cancel();
                        }
                        try {
                            root.join();
                        } catch (FrameFailedException e) {
                            assertThat(e.getCause())
                                    .as("seed %d", seed)
                                    .isInstanceOfAny(IOException.class, FrameFailedException.class);
                        }
                        assertThat(alive).as("seed %d, round %d", seed, round).hasValue(0);
                        assertNothingIsLeft(rt);
                    }
                });
    }

    /** A scope with frames that end, fail, are late or have scopes of their own. */
    private static void growTree(SplittableRandom random, int height, AtomicInteger alive)
            throws Exception {
        alive.incrementAndGet();
        int forked = random.nextInt(1, 5);
        AtomicInteger mine = new AtomicInteger();
        try (Scope scope = openAnyHow(random)) {
            List<Frame<Void>> children = new ArrayList<>();
            for (int i = 0; i < forked; i++) {
                SplittableRandom childs = random.split();
                boolean isLeaf = height == 0 || random.nextInt(3) == 0;
                children.add(
                        scope.fork(
                                () -> {
                                    mine.incrementAndGet();
                                    try {
                                        if (isLeaf) {
                                            endAnyHow(childs);
                                        } else {
                                            growTree(childs, height - 1, alive);
                                        }
                                    } finally {
                                        mine.decrementAndGet();
                                    }
                                }));
            }
            switch (random.nextInt(5)) {
                case 0 -> scope.joinFirst(children);
                case 1 -> Frame.joinAny(children);
                case 2 -> children.get(0).cancel();
                default -> scope.join();
            }
        } finally {
            alive.decrementAndGet();
            if (mine.get() != 0) {
                throw new AssertionError(mine + " frames have outlived their scope");
            }
        }
    }

    private static Scope openAnyHow(SplittableRandom random) {
        return random.nextInt(4) == 0
                ? Scope.open(Duration.ofNanos(random.nextInt(2_000_000)))
                : Scope.open();
    }

    private static void endAnyHow(SplittableRandom random) throws IOException {
        Duration brief = Duration.ofNanos(random.nextInt(500_000));
        switch (random.nextInt(8)) {
            case 0 -> fail("as the seed wants it");
            case 1 -> Deadline.within(brief, () -> Frame.delay(DAY));
            case 2 -> {}
            default -> Frame.delay(brief);
        }
    }
}
