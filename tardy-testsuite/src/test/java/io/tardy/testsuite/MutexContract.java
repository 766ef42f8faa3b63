package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.onLoop;
import static io.tardy.testsuite.SemaphoreContract.refusal;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.sync.Condition;
import io.tardy.sync.Held;
import io.tardy.sync.Mutex;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A lock that frames hold across waits, and its conditions. */
interface MutexContract extends TransportFixture {

    /** What nobody may change at the same time as another. */
    final class Guarded {
        private final Mutex mutex = new Mutex();
        private int value;

        void addInTurns(int times) throws Exception {
            for (int i = 0; i < times; i++) {
                try (Held held = mutex.hold()) {
                    int before = value;
                    if (i % 4 == 0) {
                        Frame.yield(); // the mutex is held across it
                    }
                    value = before + 1;
                }
            }
        }
    }

    @Test
    default void oneFrameOfAllRuntimesHoldsIt() throws Exception {
        Guarded guarded = new Guarded();
        inFrame(
                tardy(2),
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 8; i++) {
                        frames.add(rt.spawn(() -> guarded.addInTurns(300)));
                    }
                    for (Frame<Void> frame : frames) {
                        frame.join();
                    }
                });
        assertThat(guarded.value).isEqualTo(2 * 8 * 300);
        assertThat(guarded.mutex.isLocked()).isFalse();
        assertThat(guarded.mutex.waiting()).isZero();
    }

    @Test
    default void itGoesToWhoeverWaitsLongest() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    mutex.lock();
                    List<Integer> served = new ArrayList<>();
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        int number = i;
                        frames.add(
                                waiting(
                                        rt,
                                        mutex::waiting,
                                        () -> {
                                            try (Held held = mutex.hold()) {
                                                served.add(number);
                                                Frame.yield();
                                            }
                                        }));
                    }
                    frames.get(2).cancel();
                    TransportFixture.assertFailedOf(frames.get(2), CancelledException.class);
                    mutex.unlock();
                    assertThat(mutex.tryLock()).as("it was handed over").isFalse();
                    frames.get(4).join();
                    assertThat(served).containsExactly(0, 1, 3, 4);
                });
    }

    @Test
    default void aMutexThatWasHandedOverBeforeACancelIsHeld() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    onLoop(rt, mutex::tryLock);
                    List<String> seen = new ArrayList<>();
                    Frame<Void> cancelled =
                            waiting(
                                    rt,
                                    mutex::waiting,
                                    () -> {
                                        mutex.lock();
                                        seen.add("holds it");
                                        mutex.unlock();
                                        Frame.yield();
                                    });
                    onLoop(
                            rt,
                            () -> {
                                mutex.unlock();
                                cancelled.cancel();
                            });
                    TransportFixture.assertFailedOf(cancelled, CancelledException.class);
                    assertThat(seen).containsExactly("holds it");
                    assertThat(mutex.isLocked()).isFalse();
                });
    }

    @Test
    default void itsMisuseIsAnErrorThatSaysWhat() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Condition condition = mutex.condition();
                    assertThatIllegalStateException()
                            .isThrownBy(mutex::unlock)
                            .withMessageContaining("unlock without the mutex, which nobody holds");
                    assertThatIllegalStateException()
                            .isThrownBy(condition::signal)
                            .withMessageContaining("signal without the mutex");
                    assertThatIllegalStateException()
                            .isThrownBy(condition::await)
                            .withMessageContaining("await without the mutex");
                    mutex.lock();
                    assertThatIllegalStateException()
                            .isThrownBy(mutex::lock)
                            .withMessageContaining("not reentrant");
                    assertThatIllegalStateException().isThrownBy(mutex::tryLock);
                    assertThat(rt.spawnCall(() -> refusal(mutex::unlock)).join())
                            .startsWith("unlock without the mutex, which test body holds");
                    List<String> messages = new ArrayList<>();
                    onLoop(rt, () -> messages.add(refusal(mutex::lock)));
                    assertThat(messages.getFirst()).startsWith("lock waits, and only a frame");
                    mutex.unlock();
                    assertThat(mutex.isLocked()).isFalse();
                });
    }

    /** A bounded queue, as in the books. */
    final class Shelf {
        private final Mutex mutex = new Mutex();
        private final Condition changed = mutex.condition();
        private final Queue<Integer> items = new ArrayDeque<>();

        void put(int item) throws Exception {
            try (Held held = mutex.hold()) {
                while (items.size() == 2) {
                    changed.await();
                }
                items.add(item);
                changed.signalAll();
            }
        }

        int take() throws Exception {
            try (Held held = mutex.hold()) {
                while (items.isEmpty()) {
                    changed.await();
                }
                changed.signalAll();
                return items.remove();
            }
        }
    }

    @Test
    default void aConditionCarriesWhatChangesFromOneRuntimeToAnother() throws Exception {
        Shelf shelf = new Shelf();
        int items = 1_000;
        inFrame(
                tardy(2),
                rt -> {
                    for (int i = 0; i < items; i++) {
                        if (rt.id() == 0) {
                            shelf.put(i);
                        } else {
                            assertThat(shelf.take()).isEqualTo(i);
                        }
                    }
                });
        assertThat(shelf.changed.waiting()).isZero();
        assertThat(shelf.mutex.isLocked()).isFalse();
    }

    private static Frame<Void> awaiting(
            TardyRuntime rt, Mutex mutex, Condition condition, Runnable after) throws Exception {
        return waiting(
                rt,
                condition::waiting,
                () -> {
                    try (Held held = mutex.hold()) {
                        condition.await();
                        after.run();
                    }
                });
    }

    @Test
    default void aSignalIsForOneAndIsNotLostOnOneThatGivesUp() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Condition condition = mutex.condition();
                    List<String> seen = new ArrayList<>();
                    Frame<Void> first = awaiting(rt, mutex, condition, () -> seen.add("first"));
                    Frame<Void> second = awaiting(rt, mutex, condition, () -> seen.add("second"));
                    Frame<Void> third = awaiting(rt, mutex, condition, () -> seen.add("third"));
                    first.cancel();
                    TransportFixture.assertFailedOf(first, CancelledException.class);
                    mutex.lock();
                    condition.signal();
                    second.cancel(); // it was signalled: this does not undo it
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(seen).as("the mutex is held").isEmpty();
                    mutex.unlock();
                    second.join();
                    assertThat(seen).containsExactly("second");
                    assertThat(condition.waiting()).isEqualTo(1);
                    mutex.lock();
                    condition.signalAll();
                    mutex.unlock();
                    third.join();
                    assertThat(mutex.isLocked()).isFalse();
                });
    }

    @Test
    default void whoGivesAConditionUpHoldsTheMutexWhenItThrows() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Condition condition = mutex.condition();
                    Frame<Void> late =
                            waiting(
                                    rt,
                                    condition::waiting,
                                    () -> {
                                        mutex.lock();
                                        assertThatExceptionOfType(DeadlineExceededException.class)
                                                .isThrownBy(
                                                        () ->
                                                                Deadline.within(
                                                                        Duration.ofMillis(1),
                                                                        condition::await));
                                        mutex.unlock();
                                    });
                    mutex.lock();
                    Frame.delay(Duration.ofMillis(5));
                    assertThat(condition.waiting()).as("its deadline has passed").isZero();
                    assertThat(mutex.waiting()).as("it waits for the mutex").isEqualTo(1);
                    late.cancel();
                    Frame.delay(Duration.ofMillis(1));
                    assertThat(mutex.waiting()).as("though cancelled").isEqualTo(1);
                    mutex.unlock();
                    late.join();
                    assertThat(mutex.isLocked()).isFalse();
                });
    }
}
