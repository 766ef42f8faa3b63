package io.tardy.examples;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.stream.ByteWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Keeps values: each key lives on one runtime, and a connection on any. */
public final class Sharded {

    /** Who connects and says nothing is not waited for any longer. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String NAME = "shard";

    /** What one runtime keeps. Only its own frames touch it, so it needs no lock. */
    private static final class Shard {
        private final Map<String, String> values = new HashMap<>();
    }

    private Sharded() {}

    /** On each runtime. */
    public static void start(TardyRuntime rt, Socket server) {
        rt.storage().store(NAME, new Shard());
        rt.spawn("accept", () -> server.serveEvenly(Sharded::serve));
    }

    static void serve(Socket peer) throws IOException {
        ByteReader in = peer.reader();
        ByteWriter out = peer.writer();
        String line;
        try {
            line = Deadline.callWithin(PATIENCE, in::readLine);
        } catch (DeadlineExceededException e) {
            return;
        }
        while (line != null) {
            out.write(answer(line) + "\n");
            if (in.available() == 0) { // else the next answer goes with this one
                out.flush();
            }
            line = Frame.idle(null, in::readLine);
        }
        out.flush();
    }

    private static String answer(String line) throws IOException {
        String[] words = line.split(" ", 3);
        return switch (words[0]) {
            case "get" -> words.length == 2 ? get(words[1]) : usage();
            case "set" -> words.length == 3 ? set(words[1], words[2]) : usage();
            case "where" -> words.length == 2 ? "runtime " + ownerOf(words[1]).id() : usage();
            default -> usage();
        };
    }

    private static String usage() {
        return "say: get KEY, set KEY VALUE, or where KEY";
    }

    /** The runtime that a key lives on, wherever it is asked for. */
    private static TardyRuntime ownerOf(String key) {
        var all = TardyRuntime.current().siblings();
        return all.get(Math.floorMod(key.hashCode(), all.size()));
    }

    /** In a frame of the runtime that calls. */
    private static Shard shard() {
        return TardyRuntime.current().storage().get(NAME, Shard.class);
    }

    private static String get(String key) throws IOException {
        String value = ownerOf(key).call(() -> shard().values.get(key));
        return value == null ? "none" : "is " + value;
    }

    private static String set(String key, String value) throws IOException {
        ownerOf(key).call(() -> shard().values.put(key, value));
        return "ok";
    }
}
