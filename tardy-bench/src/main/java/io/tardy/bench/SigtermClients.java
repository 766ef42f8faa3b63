package io.tardy.bench;

import io.tardy.TardyRuntime;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The clients of a server that will be told to end; all on one runtime. */
final class SigtermClients {

    private static final int CONNECTING_MAX = 32;
    private static final int ROOM_MEMBERS = 10;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Of those who answer nothing: more than the server waits for them. */
    private static final Duration SILENT_MAX = Duration.ofSeconds(60);

    private final int port;
    private final int websockets;
    private final int callers;
    private final int silent;
    private final String silentPath;
    private final Random random;
    private final WebSocketClient client =
            WebSocketClient.builder().handshakeTimeout(Duration.ofSeconds(60)).build();

    private final CountDownLatch connected;
    private final CompletableFuture<Void> begin = new CompletableFuture<>();
    private final List<Exception> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger silentEnded = new AtomicInteger();
    private final RoomTally rooms = new RoomTally();
    private final HttpTally http = new HttpTally();

    SigtermClients(
            int port, int websockets, int callers, int silent, String silentPath, Random random) {
        this.port = port;
        this.websockets = websockets;
        this.callers = callers;
        this.silent = silent;
        this.silentPath = silentPath;
        this.random = random;
        this.connected = new CountDownLatch(websockets + silent);
    }

    void start(TardyRuntime rt) {
        for (int i = 0; i < CONNECTING_MAX; i++) {
            int first = i;
            rt.spawn(
                    () -> {
                        for (int n = first; n < websockets; n += CONNECTING_MAX) {
                            startMember(rt, n);
                        }
                    });
        }
        for (int i = 0; i < silent; i++) {
            rt.spawn("silent", () -> staySilent());
        }
        for (int i = 0; i < callers; i++) {
            rt.spawn("caller", () -> call(rt));
        }
    }

    private void startMember(TardyRuntime rt, int n) {
        String name = "m" + n;
        URI uri =
                URI.create(
                        "ws://127.0.0.1:%d/rooms/r%d?name=%s"
                                .formatted(port, n / ROOM_MEMBERS, name));
        try {
            WebSocketConnection ws = client.connect(uri);
            RoomMember member = new RoomMember(ws, name, rooms);
            Duration first = Duration.ofMillis(random.nextLong(PAUSE.toMillis()));
            rt.spawn("hear", member::hear);
            rt.spawn(
                    "talk",
                    () -> {
                        rt.await(begin);
                        member.talk(first, PAUSE);
                    });
        } catch (IOException e) {
            failures.add(e);
        } finally {
            connected.countDown();
        }
    }

    private void staySilent() throws IOException {
        SilentPeer peer;
        try {
            peer = SilentPeer.connect(port, silentPath);
        } catch (IOException e) {
            failures.add(e);
            return;
        } finally {
            connected.countDown();
        }
        try (peer) {
            if (peer.awaitEnd(SILENT_MAX)) {
                silentEnded.incrementAndGet();
            }
        }
    }

    private void call(TardyRuntime rt) throws Exception {
        rt.await(begin);
        try {
            new HttpCaller(port, http).run();
        } catch (IOException e) {
            failures.add(e);
        }
    }

    /** Returns when all WebSockets are connected, or have failed. */
    void awaitConnected() throws InterruptedException {
        connected.await();
    }

    /** They talk and ask. */
    void begin() {
        begin.complete(null);
    }

    /** The server is about to be told. */
    void signalled() {
        rooms.signalled();
        http.signalled();
    }

    RoomTally rooms() {
        return rooms;
    }

    HttpTally http() {
        return http;
    }

    List<Exception> failures() {
        return failures;
    }

    /** Those who answer nothing and whose connection was ended. */
    int silentEnded() {
        return silentEnded.get();
    }
}
