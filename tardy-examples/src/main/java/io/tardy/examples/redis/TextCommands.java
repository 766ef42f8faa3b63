package io.tardy.examples.redis;

import static io.tardy.examples.redis.Command.ANY;

import io.tardy.examples.redis.Value.Text;
import java.util.Locale;
import java.util.Map;

/** Commands on strings. */
final class TextCommands {

    private TextCommands() {}

    static void addTo(Map<String, Command> commands) {
        commands.put("GET", Command.of(2, 2, TextCommands::get));
        commands.put("SET", Command.growing(3, 8, TextCommands::set));
        commands.put("SETNX", Command.growing(3, 3, TextCommands::setIfAbsent));
        commands.put("SETEX", Command.growing(4, 4, call -> setFor(call, 1000)));
        commands.put("PSETEX", Command.growing(4, 4, call -> setFor(call, 1)));
        commands.put("MGET", Command.of(2, ANY, TextCommands::getMany));
        commands.put("MSET", Command.growing(3, ANY, TextCommands::setMany));
        commands.put("STRLEN", Command.of(2, 2, TextCommands::length));
        commands.put("APPEND", Command.growing(3, 3, TextCommands::append));
        commands.put("INCR", Command.growing(2, 2, call -> add(call, 1)));
        commands.put("DECR", Command.growing(2, 2, call -> add(call, -1)));
        commands.put("INCRBY", Command.growing(3, 3, call -> add(call, call.integer(2))));
        commands.put("DECRBY", Command.growing(3, 3, TextCommands::subtract));
    }

    private static String textOf(Call call, String key) throws CommandException {
        Text value = call.store.find(key, Text.class);
        return value == null ? null : value.text;
    }

    private static void get(Call call) throws CommandException {
        call.reply.string(textOf(call, call.argument(1)));
    }

    private static void getMany(Call call) throws CommandException {
        call.reply.array(call.count() - 1);
        for (int i = 1; i < call.count(); i++) {
            boolean isText = call.store.find(call.argument(i)) instanceof Text;
            call.reply.string(isText ? textOf(call, call.argument(i)) : null);
        }
    }

    /** {@code SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]}. */
    private static void set(Call call) throws CommandException {
        String key = call.argument(1);
        String text = call.argument(2);
        String condition = null;
        boolean isTold = false;
        boolean keeps = false;
        long expiry = -1;
        for (int i = 3; i < call.count(); i++) {
            String option = call.argument(i).toUpperCase(Locale.ROOT);
            switch (option) {
                case "NX", "XX" -> condition = requireOne(condition, option);
                case "GET" -> isTold = true;
                case "KEEPTTL" -> keeps = true;
                case "EX", "PX", "EXAT", "PXAT" -> {
                    if (expiry >= 0 || ++i == call.count()) {
                        throw syntax();
                    }
                    expiry = expiryOf(call, option, call.integer(i));
                }
                default -> throw syntax();
            }
        }
        if (keeps && expiry >= 0) {
            throw syntax();
        }
        String old = isTold ? textOf(call, key) : null;
        boolean isThere = call.store.find(key) != null;
        boolean isDone = condition == null || isThere == condition.equals("XX");
        if (isDone) {
            long kept = keeps ? call.store.expiryOf(key) : expiry;
            call.store.set(key, text);
            expire(call, key, text, kept);
        }
        if (isTold) {
            call.reply.string(old);
        } else if (isDone) {
            call.reply.simple("OK");
        } else {
            call.reply.nothing();
        }
    }

    private static String requireOne(String before, String condition) throws CommandException {
        if (before != null && !before.equals(condition)) {
            throw syntax();
        }
        return condition;
    }

    private static CommandException syntax() {
        return new CommandException("ERR these options are unknown, or not for each other");
    }

    private static long expiryOf(Call call, String option, long count) throws CommandException {
        if (count <= 0) {
            throw new CommandException("ERR the time to expire is not positive");
        }
        return switch (option) {
            case "EX" -> call.fromNow(count, 1000);
            case "PX" -> call.fromNow(count, 1);
            case "EXAT" -> call.fromNow(count, 1000) - call.store.nowMs();
            default -> count;
        };
    }

    /** The log gets the time, for when it is read "in a minute" is another one. */
    private static void expire(Call call, String key, String text, long atMs) {
        if (atMs < 0) {
            call.logAs("SET", key, text);
        } else {
            call.store.expireAt(key, atMs);
            call.logAs("SET", key, text, "PXAT", Long.toString(atMs));
        }
    }

    private static void setFor(Call call, long unitMs) throws CommandException {
        long count = call.integer(2);
        if (count <= 0) {
            throw new CommandException("ERR the time to expire is not positive");
        }
        long atMs = call.fromNow(count, unitMs);
        call.store.set(call.argument(1), call.argument(3));
        expire(call, call.argument(1), call.argument(3), atMs);
        call.reply.simple("OK");
    }

    private static void setIfAbsent(Call call) throws CommandException {
        boolean isDone = call.store.find(call.argument(1)) == null;
        if (isDone) {
            call.store.set(call.argument(1), call.argument(2));
        }
        call.reply.integer(isDone ? 1 : 0);
    }

    private static void setMany(Call call) throws CommandException {
        if (call.count() % 2 == 0) {
            throw new CommandException("ERR the last key has no value");
        }
        for (int i = 1; i < call.count(); i += 2) {
            Store.requireKey(call.argument(i));
        }
        for (int i = 1; i < call.count(); i += 2) {
            call.store.set(call.argument(i), call.argument(i + 1));
        }
        call.reply.simple("OK");
    }

    private static void length(Call call) throws CommandException {
        String text = textOf(call, call.argument(1));
        call.reply.integer(text == null ? 0 : text.length());
    }

    private static void append(Call call) throws CommandException {
        String old = textOf(call, call.argument(1));
        long length = (old == null ? 0L : old.length()) + call.argument(2).length();
        if (length > RequestParser.STRING_BYTES_MAX) {
            throw new CommandException(
                    "ERR a string has at most " + RequestParser.STRING_BYTES_MAX + " bytes");
        }
        change(call, old == null ? call.argument(2) : old + call.argument(2));
        call.reply.integer(length);
    }

    private static void subtract(Call call) throws CommandException {
        long by = call.integer(2);
        if (by == Long.MIN_VALUE) {
            throw overflow();
        }
        add(call, -by);
    }

    private static void add(Call call, long by) throws CommandException {
        String old = textOf(call, call.argument(1));
        try {
            long sum = Math.addExact(old == null ? 0 : Call.integerOf(old), by);
            change(call, Long.toString(sum));
            call.reply.integer(sum);
        } catch (ArithmeticException e) {
            throw overflow();
        }
    }

    private static CommandException overflow() {
        return new CommandException("ERR the result is no integer of 64 bits");
    }

    /** It expires when it would have. */
    private static void change(Call call, String text) throws CommandException {
        long expiry = call.store.expiryOf(call.argument(1));
        call.store.set(call.argument(1), text);
        if (expiry >= 0) {
            call.store.expireAt(call.argument(1), expiry);
        }
    }
}
