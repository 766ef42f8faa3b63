package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Frames that do nothing but yield keep nobody else from having a turn. */
interface FairnessContract extends ConnectedFixture {

    private static List<Frame<Void>> yielding(TardyRuntime rt, AtomicInteger turns)
            throws Exception {
        List<Frame<Void>> frames = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            frames.add(
                    rt.spawn(
                            () -> {
                                while (true) { // until it is cancelled
                                    turns.incrementAndGet();
                                    Frame.yield();
                                }
                            }));
        }
        return frames;
    }

    @Test
    default void framesThatYieldForEverStarveNeitherInputNorTimers() throws Exception {
        withPair(
                (rt, client, peer) -> {
                    AtomicInteger turns = new AtomicInteger();
                    List<Frame<Void>> yielding = yielding(rt, turns);
                    Frame<Void> echoing =
                            rt.spawn(
                                    () -> {
                                        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
                                            peer.sendAll(data);
                                        }
                                    });
                    for (int i = 0; i < 50; i++) {
                        client.sendAll(ByteBuffer.wrap(new byte[3]));
                        assertThat(client.recvAll(ByteBuffer.allocate(3))).isEqualTo(3);
                        Frame.delay(Duration.ofNanos(1000));
                    }
                    assertThat(rt.offload(() -> "done")).isEqualTo("done");
                    int before = turns.get();
                    Frame.delay(Duration.ofMillis(2));
                    assertThat(turns.get()).as("they go on").isGreaterThan(before);
                    yielding.forEach(Frame::cancel);
                    client.shutdownOutput();
                    echoing.join();
                });
    }

    @Test
    default void framesThatYieldForEverStarveNoSpawnFromOutside() throws Exception {
        AtomicReference<TardyRuntime> busy = new AtomicReference<>();
        AtomicInteger turns = new AtomicInteger();
        inFrame(
                tardy(2),
                rt -> {
                    if (rt.id() == 0) {
                        List<Frame<Void>> yielding = yielding(rt, turns);
                        busy.set(rt);
                        while (busy.get() != null) {
                            Frame.yield();
                        }
                        yielding.forEach(Frame::cancel);
                        return;
                    }
                    while (busy.get() == null) {
                        Frame.delay(Duration.ofNanos(1000));
                    }
                    for (int i = 0; i < 100; i++) {
                        int expected = i;
                        assertThat(busy.get().spawnCall(() -> expected).join()).isEqualTo(i);
                    }
                    busy.set(null);
                });
        assertThat(turns.get()).isPositive();
    }
}
