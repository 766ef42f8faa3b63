package io.tardy.examples.redis;

import static io.tardy.examples.redis.Command.ANY;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Commands on keys, whatever their values are. */
final class KeyCommands {

    private KeyCommands() {}

    static void addTo(Map<String, Command> commands) {
        commands.put("DEL", Command.of(2, ANY, KeyCommands::delete));
        commands.put("UNLINK", Command.of(2, ANY, KeyCommands::delete));
        commands.put("EXISTS", Command.of(2, ANY, KeyCommands::count));
        commands.put("TYPE", Command.of(2, 2, KeyCommands::type));
        commands.put("KEYS", Command.of(2, 2, KeyCommands::keys));
        commands.put("DBSIZE", Command.of(1, 1, call -> call.reply.integer(call.store.count())));
        commands.put("FLUSHALL", Command.of(1, 2, KeyCommands::clear));
        commands.put("FLUSHDB", Command.of(1, 2, KeyCommands::clear));
        commands.put("EXPIRE", Command.of(3, 3, call -> expireIn(call, 1000)));
        commands.put("PEXPIRE", Command.of(3, 3, call -> expireIn(call, 1)));
        commands.put("PEXPIREAT", Command.of(3, 3, call -> expireAt(call, call.integer(2))));
        commands.put("PERSIST", Command.of(2, 2, KeyCommands::persist));
        commands.put("TTL", Command.of(2, 2, call -> timeToLive(call, 1000)));
        commands.put("PTTL", Command.of(2, 2, call -> timeToLive(call, 1)));
    }

    private static void delete(Call call) {
        int count = 0;
        for (int i = 1; i < call.count(); i++) {
            boolean isThere = call.store.find(call.argument(i)) != null;
            count += isThere && call.store.remove(call.argument(i)) ? 1 : 0;
        }
        call.reply.integer(count);
    }

    private static void count(Call call) {
        int count = 0;
        for (int i = 1; i < call.count(); i++) {
            count += call.store.find(call.argument(i)) == null ? 0 : 1;
        }
        call.reply.integer(count);
    }

    private static void type(Call call) {
        Value value = call.store.find(call.argument(1));
        call.reply.simple(value == null ? "none" : value.type());
    }

    /** All other frames wait meanwhile. */
    private static void keys(Call call) throws CommandException {
        String pattern = Glob.require(call.argument(1));
        List<String> found = new ArrayList<>();
        for (String key : call.store.keys()) {
            if (Glob.matches(pattern, key) && call.store.isThere(key)) {
                found.add(key);
            }
        }
        call.reply.array(found.size());
        for (String key : found) {
            call.reply.string(key);
        }
    }

    private static void clear(Call call) throws CommandException {
        String how = call.count() == 2 ? call.argument(1) : "SYNC";
        if (!how.equalsIgnoreCase("SYNC") && !how.equalsIgnoreCase("ASYNC")) {
            throw new CommandException("ERR it is SYNC or ASYNC, or nothing");
        }
        call.store.clear();
        call.reply.simple("OK");
    }

    private static void expireIn(Call call, long unitMs) throws CommandException {
        expireAt(call, call.fromNow(call.integer(2), unitMs));
    }

    private static void expireAt(Call call, long atMs) throws CommandException {
        String key = call.argument(1);
        boolean isThere = call.store.find(key) != null;
        if (isThere) {
            call.store.expireAt(
                    key, Math.max(0, atMs)); // what is over is gone when it is looked for
            call.logAs("PEXPIREAT", key, Long.toString(Math.max(0, atMs)));
        }
        call.reply.integer(isThere ? 1 : 0);
    }

    private static void persist(Call call) {
        boolean isThere = call.store.find(call.argument(1)) != null;
        call.reply.integer(isThere && call.store.keep(call.argument(1)) ? 1 : 0);
    }

    private static void timeToLive(Call call, long unitMs) {
        String key = call.argument(1);
        if (call.store.find(key) == null) {
            call.reply.integer(-2);
            return;
        }
        long atMs = call.store.expiryOf(key);
        long leftMs = Math.max(0, atMs - call.store.nowMs());
        call.reply.integer(atMs < 0 ? -1 : (leftMs + unitMs / 2) / unitMs);
    }
}
