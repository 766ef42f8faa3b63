package io.tardy.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a simulation leaves behind is found by the collector, however its hosts have ended. */
class SimRemainsTest {

    private static final int COLLECTIONS_MAX = 100;

    /** So long it may take a collection to tell of what it has found, at most. */
    private static final Duration TOLD = Duration.ofMillis(100);

    private final List<WeakReference<Object>> remains = new ArrayList<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

    @Test
    void nothingIsReachableOfHostsThatRunOnOrWereKilledOrStopped() throws Exception {
        Sim.run(1, this::liveAndDie);
        assertThat(remains).hasSizeGreaterThan(10);
        int left = remains.size();
        for (int i = 0; i < COLLECTIONS_MAX && left > 0; i++) {
            System.gc();
            while (left > 0 && collected.remove(TOLD.toMillis()) != null) {
                left--;
            }
        }
        assertThat(reachable()).isEmpty();
    }

    private void watch(Object remnant) {
        remains.add(new WeakReference<>(remnant, collected));
    }

    private List<String> reachable() {
        return remains.stream()
                .map(WeakReference::get)
                .filter(Objects::nonNull)
                .map(Object::toString)
                .toList();
    }

    private void liveAndDie(Sim sim) throws Exception {
        List<SimHost> hosts = new ArrayList<>();
        for (String name : List.of("lives", "killed", "crashed", "stopped", "restarted")) {
            SimHost host = sim.host(name).tolerate(IOException.class).start(this::serve);
            hosts.add(host);
            sim.host("client-of-" + name).tolerate(IOException.class).spawn(() -> talkTo(name));
        }
        sim.delay(Duration.ofSeconds(1));
        hosts.get(1).kill();
        hosts.get(2).crash();
        hosts.get(3).stop();
        hosts.get(4).kill();
        hosts.get(4).restart();
        sim.delay(Duration.ofSeconds(1));
    }

    private void serve(TardyRuntime rt) throws IOException {
        watch(rt);
        Socket listener = Socket.tcp("0.0.0.0", 7).bind().listen(16);
        rt.spawn("accept", () -> listener.serve(this::echo));
        rt.spawn("waits", () -> Frame.delay(Duration.ofDays(1)));
    }

    private void echo(Socket peer) throws IOException {
        watch(Thread.currentThread());
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
            watch(data); // the runtime's memory
            peer.sendAll(data);
        }
    }

    private void talkTo(String name) throws IOException {
        watch(TardyRuntime.current());
        try (Socket server = Socket.tcp(name, 7).connect()) {
            for (; ; ) {
                server.sendAll(ByteBuffer.allocate(100));
                if (server.recvNext() == null) {
                    return;
                }
                Frame.delay(Duration.ofMillis(100));
            }
        }
    }
}
