package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.OnEachTransport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas on real sockets and files. */
@Timeout(120)
final class ReplicaTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;
    private final List<Machine> machines = new ArrayList<>();
    private final List<Address> addresses = new ArrayList<>();

    /** Who led each term, and what each saw at each index. */
    private final Map<Long, Integer> leaders = new ConcurrentHashMap<>();

    private final Map<Long, Entry> committed = new ConcurrentHashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();

    private final class Seen implements ReplicaListener {
        private final int id;

        Seen(int id) {
            this.id = id;
        }

        @Override
        public void leads(long term) {
            Integer other = leaders.putIfAbsent(term, id);
            if (other != null) {
                wrong.add("term " + term + " is led by " + other + " and " + id);
            }
        }

        @Override
        public void commits(long index, Entry entry) {
            Entry other = committed.putIfAbsent(index, entry);
            if (other != null && !other.equals(entry)) {
                wrong.add("index " + index + " is " + other + " and " + entry);
            }
        }
    }

    private void start(AsyncType transport) throws IOException {
        for (int id = 1; id <= 3; id++) {
            machines.add(new Machine(id, transport, directory.resolve("replica" + id)));
            addresses.add(machines.getLast().address());
        }
        for (int id = 1; id <= 3; id++) {
            start(id);
        }
    }

    private void start(int id) throws IOException {
        machines.get(id - 1).start(addresses, new Seen(id));
    }

    @AfterEach
    void stop() throws Exception {
        for (Machine machine : machines) {
            machine.close();
        }
        assertThat(wrong).isEmpty();
    }

    private interface Talk<T> {
        T with(ReplicaClient client) throws IOException;
    }

    private <T> T talk(Duration patience, Talk<T> talk) throws Exception {
        return inFrame(
                () -> {
                    try (ReplicaClient client = new ReplicaClient(addresses, patience)) {
                        return talk.with(client);
                    }
                });
    }

    private static <T> T inFrame(Callable<T> body) throws Exception {
        CompletableFuture<T> end = new CompletableFuture<>();
        FrameBody main =
                () -> {
                    try {
                        end.complete(body.call());
                    } catch (Throwable t) {
                        end.completeExceptionally(t);
                    }
                };
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            tardy.entry(main, (rt, frame) -> rt.spawn(frame));
        }
        return end.get(0, TimeUnit.SECONDS);
    }

    private void put(String key, String value) throws Exception {
        talk(
                PATIENCE,
                client -> {
                    client.put(key, value);
                    return null;
                });
    }

    private String get(String key) throws Exception {
        return talk(PATIENCE, client -> client.get(key));
    }

    private int leader() {
        return leaders.get(leaders.keySet().stream().max(Long::compare).orElseThrow());
    }

    @OnEachTransport
    void whatIsWrittenIsRead(AsyncType transport) throws Exception {
        start(transport);
        assertThat(get("a")).isNull();
        put("a", "1");
        put("b", "\u00e4\u20ac \0");
        put("a", "2");
        assertThat(get("a")).isEqualTo("2");
        assertThat(get("b")).isEqualTo("\u00e4\u20ac \0");
    }

    @OnEachTransport
    void anotherLeadsWhenTheLeaderIsStopped(AsyncType transport) throws Exception {
        start(transport);
        put("a", "1");
        int first = leader();
        machines.get(first - 1).stop();
        put("b", "2");
        assertThat(get("a")).isEqualTo("1");
        assertThat(leader()).isNotEqualTo(first);
        start(first);
        int second = leader();
        machines.get(second - 1).stop(); // now the first has to have learned what it has missed
        assertThat(get("b")).isEqualTo("2");
        assertThat(leader()).isNotEqualTo(second);
    }

    @OnEachTransport
    void allAreStoppedAndNothingIsLost(AsyncType transport) throws Exception {
        start(transport);
        for (int i = 0; i < 40; i++) {
            put("key" + i, "value" + i);
        }
        for (Machine machine : machines) {
            machine.stop();
        }
        for (int id = 1; id <= 3; id++) {
            start(id);
        }
        for (int i = 0; i < 40; i++) {
            assertThat(get("key" + i)).isEqualTo("value" + i);
        }
    }

    @OnEachTransport
    void oneOfThreeAnswersNothing(AsyncType transport) throws Exception {
        start(transport);
        put("a", "1");
        int last = leader();
        for (int id = 1; id <= 3; id++) {
            if (id != last) {
                machines.get(id - 1).stop();
            }
        }
        assertThatThrownBy(() -> talk(Duration.ofSeconds(3), client -> client.get("a")))
                .hasCauseInstanceOf(DeadlineExceededException.class);
    }
}
