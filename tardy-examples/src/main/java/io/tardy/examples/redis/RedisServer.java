package io.tardy.examples.redis;

import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A server of keys and values that speaks the protocol of Redis, on one runtime: the data belongs
 * to its frames, and a command, in which nothing waits, is done as a whole without a lock.
 */
public final class RedisServer {

    private static final int CONNECTIONS_MAX = 10_000;

    private final Database database;
    private final Budget budget;
    private final Topics topics = new Topics();
    private AppendLog log; // null for none
    private int connections;

    /**
     * @param dataBytesMax how much memory the data may take, about
     * @param trafficBytesMax how much the requests, replies and messages under way may take
     */
    public RedisServer(long dataBytesMax, long trafficBytesMax) {
        this.database = new Database(dataBytesMax);
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
            new RedisConnection(this, peer).serve();
        } finally {
            connections--;
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
}
