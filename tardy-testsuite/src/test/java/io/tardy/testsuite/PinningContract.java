package io.tardy.testsuite;

import static io.tardy.testsuite.SemaphoreContract.onLoop;
import static io.tardy.testsuite.SemaphoreContract.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.Promise;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Pooling;
import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.channel.Spsc;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.sync.Barrier;
import io.tardy.sync.Condition;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the JVM cannot suspend a frame, a wait would hold the runtime for good: none begins. The
 * time limits are on threads of their own, for what they find would hold the test's.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("native frames pin threads to carriers, and a simulation has one thread")
interface PinningContract extends TransportFixture {

    @Test
    default void everyWaitIsRefusedWhereAFrameCannotBeSuspended(@TempDir Path folder)
            throws Exception {
        Path path = folder.resolve("file");
        inFrame(
                tardy().tasksInitial(2).pooling(Pooling.STATIC),
                rt -> {
                    Frame<Void> other = rt.spawn(() -> rt.scheduler().triggerAwait());
                    Spsc<String> channel = new Spsc<>(1);
                    var producer = channel.producer(rt);
                    var consumer = channel.consumer(rt);
                    try (Socket listener = TransportFixture.listenAnywhere();
                            Socket socket = TransportFixture.connectTo(listener);
                            Socket idle = listener.accept()) {
                        Map<String, Callable<?>> waits = new LinkedHashMap<>();
                        waits.put("timer", () -> delay(Duration.ofHours(1)));
                        waits.put("accept", listener::accept);
                        waits.put("recv", () -> socket.recv(ByteBuffer.allocate(1)));
                        waits.put("select", () -> readable(socket).run());
                        waits.put(
                                "open",
                                () -> File.create(path)); // what is known may be opened without a
                        // wait
                        waits.put("offload", () -> rt.offload(() -> "done"));
                        waits.put("await", () -> await(rt));
                        waits.put("triggerAwait", () -> triggerAwait(rt));
                        waits.put("join", other::join);
                        waits.put("joinAny", () -> Frame.joinAny(List.of(other)));
                        waits.put("spawnAwait", () -> rt.spawnAwait(() -> {}));
                        waits.put("yield", PinningContract::yieldNow);
                        requireRefused(rt, waits);
                        waits.clear();
                        waits.put("recv", consumer::recv);
                        requireRefused(rt, waits);
                        for (int i = 0; i < channel.capacity(); i++) {
                            producer.send("fills it");
                        }
                        waits.clear();
                        waits.put("send", () -> send(producer));
                        requireRefused(rt, waits);
                        assertThat(rt.timersActive()).isZero();
                        assertThat(idle.send(ByteBuffer.wrap(new byte[] {7}))).isEqualTo(1);
                        assertThat(socket.recv(ByteBuffer.allocate(8)))
                                .as("a refused receive has taken nothing")
                                .isEqualTo(1);
                    }
                    other.cancel();
                    Frame.delay(Duration.ofMillis(1));
                });
    }

    @Test
    default void aWaitForOthersThatIsRefusedThereLeavesNothing() throws Exception {
        inFrame(
                rt -> {
                    Mutex locked = new Mutex();
                    onLoop(rt, locked::tryLock);
                    Mutex own = new Mutex();
                    own.lock();
                    Condition condition = own.condition();
                    Semaphore semaphore = new Semaphore(1);
                    semaphore.acquire();
                    Latch latch = new Latch(1);
                    Channel<String> empty = Channel.rendezvous();
                    Channel<String> full = Channel.rendezvous();
                    Map<String, Callable<?>> waits = new LinkedHashMap<>();
                    waits.put("lock", refused(locked::lock));
                    waits.put("acquire", refused(semaphore::acquire));
                    waits.put("recv", empty::recv);
                    waits.put("send", refused(() -> full.send("one too many")));
                    waits.put("select", both(empty, full)::run);
                    waits.put("await", refused(latch::await));
                    requireRefused(rt, waits);
                    waits.put("await", () -> new Barrier(2).await());
                    requireRefused(rt, waits);
                    waits.clear();
                    waits.put("await", refused(condition::await));
                    waits.put(
                            "select",
                            both(empty, full).after(Duration.ofHours(1), () -> "late")::run);
                    requireRefused(rt, waits);
                    assertThat(condition.waiting()).isZero();
                    own.unlock();
                    assertThat(locked.waiting() + semaphore.waiting() + latch.waiting()).isZero();
                    assertThat(empty.receiving() + full.sending()).isZero();
                    assertThat(rt.timersActive()).isZero();
                    onLoop(rt, locked::unlock);
                });
    }

    /** Or it would go on, and unlock what another frame holds. */
    @Test
    default void whoCannotWaitForAConditionThereStillHoldsTheMutex() throws Exception {
        inFrame(
                rt -> {
                    Mutex mutex = new Mutex();
                    Condition condition = mutex.condition();
                    mutex.lock();
                    Frame<Void> next = waiting(rt, mutex::waiting, mutex::lock);
                    requireRefused(rt, Map.of("await", refused(condition::await)));
                    assertThat(mutex.waiting()).isEqualTo(1);
                    assertThat(condition.waiting()).isZero();
                    mutex.unlock();
                    next.join();
                });
    }

    private static Callable<String> refused(FrameBody wait) {
        return () -> {
            wait.run();
            return "has not waited";
        };
    }

    private static Select<String> readable(Socket socket) {
        return new Select<String>().readable(socket, () -> "readable");
    }

    private static Select<String> both(Channel<String> empty, Channel<String> full) {
        return new Select<String>()
                .recv(empty, message -> message)
                .send(full, "message", () -> "sent");
    }

    private static void requireRefused(TardyRuntime rt, Map<String, Callable<?>> waits)
            throws Exception {
        for (PinnedPlace place : PinnedPlace.values()) {
            for (Map.Entry<String, Callable<?>> wait : waits.entrySet()) {
                assertThat(place.call(wait.getValue()))
                        .asInstanceOf(
                                InstanceOfAssertFactories.throwable(IllegalStateException.class))
                        .hasMessageStartingWith(wait.getKey() + " cannot wait ")
                        .hasMessageContaining(place.description())
                        .hasMessageContaining(rt.toString());
            }
        }
    }

    private static Object delay(Duration duration) throws Exception {
        Frame.delay(duration);
        return "delayed";
    }

    private static Object await(TardyRuntime rt) throws Exception {
        Promise<Object> never = rt.eventLoop().newPromise();
        return rt.await(never);
    }

    private static Object triggerAwait(TardyRuntime rt) throws Exception {
        rt.scheduler().triggerAwait();
        return "triggered";
    }

    private static Object yieldNow() throws Exception {
        Frame.yield();
        return "yielded";
    }

    private static Object send(Spsc<String>.Producer producer) throws Exception {
        producer.send("one too many");
        return "sent";
    }

    @Test
    default void whatNeedsNoWaitWorksThere(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    for (PinnedPlace place : PinnedPlace.values()) {
                        Frame<String> ended = rt.spawnCall(() -> "value");
                        ended.join();
                        assertThat(place.call(ended::join)).isEqualTo("value");
                        CompletableFuture<String> done = CompletableFuture.completedFuture("done");
                        assertThat(place.call(() -> rt.await(done))).isEqualTo("done");
                        Socket listener = TransportFixture.listenAnywhere();
                        File file = File.create(folder.resolve(place.name()));
                        assertThat(place.call(() -> closeBoth(listener, file)))
                                .as("closing never waits there, and leaves nothing open")
                                .isEqualTo("closed");
                    }
                });
    }

    private static Object closeBoth(Socket socket, File file) throws Exception {
        socket.close();
        file.close();
        return "closed";
    }

    @Test
    default void aScopeThatCannotAwaitItsFramesThereSaysSo() throws Exception {
        inFrame(
                rt -> {
                    for (PinnedPlace place : PinnedPlace.values()) {
                        assertThat(place.call(PinningContract::forkAndJoin))
                                .isInstanceOf(IllegalStateException.class)
                                .asString()
                                .contains("join cannot wait " + place.description());
                    }
                });
    }

    private static Object forkAndJoin() throws Exception {
        try (Scope scope = Scope.open()) {
            scope.fork(() -> Frame.delay(Duration.ofHours(1)));
            scope.join();
        }
        return "joined";
    }
}
