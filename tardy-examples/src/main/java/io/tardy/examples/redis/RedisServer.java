package io.tardy.examples.redis;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * A server of keys and values that speaks the protocol of Redis, on one runtime: the data belongs
 * to its frames, and a command, in which nothing waits, is done as a whole without a lock.
 */
public final class RedisServer {

    static final String VERSION = "0.1.0";

    private static final int CONNECTIONS_MAX = 10_000;

    /** How often keys are looked at whose time has come, and nobody has asked for. */
    private static final Duration EXPIRY_PERIOD = Duration.ofMillis(100);

    private static final int EXPIRED_AT_ONCE = 100;

    private final Database database;
    private final Budget budget;
    private final Topics topics = new Topics();
    private AppendLog log; // null for none
    private int connections;
    private long accepted;

    /**
     * @param dataBytesMax how much memory the data may take, about
     * @param trafficBytesMax how much the requests, replies and messages under way may take
     */
    public RedisServer(long dataBytesMax, long trafficBytesMax) {
        this(dataBytesMax, trafficBytesMax, InstantSource.system());
    }

    RedisServer(long dataBytesMax, long trafficBytesMax, InstantSource clock) {
        this.database = new Database(dataBytesMax, clock);
        this.budget = new Budget(trafficBytesMax);
    }

    /**
     * Reads what was kept in this directory, and from now on keeps all changes there. In a frame,
     * before {@link #start}.
     *
     * @throws IllegalStateException if another server has it, or the log is not to be read
     */
    public void keepIn(Path directory) throws IOException {
        log = AppendLog.open(directory, database);
        database.logTo(log);
    }

    /** Serves on this runtime, and on no other. */
    public void start(TardyRuntime rt, Socket listener) {
        AppendLog kept = log;
        if (kept != null) {
            rt.spawnDaemon(
                    "commit",
                    () -> {
                        try {
                            kept.commitAll();
                        } finally {
                            rt.stop(); // what cannot be kept must not be promised
                        }
                    });
        }
        rt.spawnDaemon("expire", this::expireAll);
        rt.spawn("accept", () -> listener.serve(this::serve));
    }

    private void serve(Socket peer) throws IOException {
        if (connections >= CONNECTIONS_MAX) {
            String refusal = "-ERR there are " + CONNECTIONS_MAX + " connections already\r\n";
            peer.sendAll(ByteBuffer.wrap(refusal.getBytes(StandardCharsets.US_ASCII)));
            return;
        }
        connections++;
        try {
            new RedisConnection(this, peer, ++accepted).serve();
        } finally {
            connections--;
        }
    }

    private void expireAll() throws IOException {
        for (; ; ) {
            Frame.delay(EXPIRY_PERIOD);
            while (database.expireDue(EXPIRED_AT_ONCE)) {
                Frame.yield();
                awaitRoom();
            }
        }
    }

    Database database() {
        return database;
    }

    Budget budget() {
        return budget;
    }

    Topics topics() {
        return topics;
    }

    boolean isLogFull() {
        return log != null && log.isFull();
    }

    /** Until the log takes more: the disk is behind. */
    void awaitRoom() throws IOException {
        while (isLogFull()) {
            awaitDurable();
        }
    }

    /** Waits until all is durable that has changed until now. */
    void awaitDurable() throws IOException {
        if (log != null) {
            log.awaitDurable();
        }
    }

    /** What CONFIG GET tells, for clients that ask. */
    Map<String, String> settings() {
        return Map.of(
                "appendonly",
                log == null ? "no" : "yes",
                "databases",
                "1",
                "maxclients",
                Integer.toString(CONNECTIONS_MAX),
                "maxmemory",
                Long.toString(database.bytesMax()),
                "save",
                "");
    }

    String info() {
        return """
        # Server
        redis_version:%s
        redis_mode:standalone
        process_id:%d

        # Clients
        connected_clients:%d

        # Memory
        used_memory:%d
        maxmemory:%d
        traffic_memory:%d

        # Persistence
        aof_enabled:%d
        aof_current_size:%d

        # Stats
        total_connections_received:%d

        # Keyspace
        db0:keys=%d
        """
                .formatted(
                        VERSION,
                        ProcessHandle.current().pid(),
                        connections,
                        database.store().bytes(),
                        database.bytesMax(),
                        budget.held(),
                        log == null ? 0 : 1,
                        log == null ? 0 : log.bytes(),
                        accepted,
                        database.store().count())
                .replace("\n", "\r\n");
    }
}
