package io.tardy.examples.redis;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The keys and values with their commands, and the log of what has changed. The frames of one
 * runtime use it, and nothing in it waits: so a command is done as a whole, without a lock.
 */
final class Database implements AppendLog.Replay {

    static final int NAME_BYTES_MAX = 1 << 16;

    /** What a key and its value take beside their bytes, about. */
    static final int ENTRY_BYTES = 160;

    private final long bytesMax;
    private final Map<String, String> values = new HashMap<>();
    private long bytes;
    private AppendLog log; // null for none

    /**
     * @param bytesMax how much memory the data may take, about
     */
    Database(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** From now on each change goes into this log. */
    void logTo(AppendLog appended) {
        log = appended;
    }

    Map<String, String> values() {
        return values;
    }

    /**
     * Does what is asked, without a wait, and writes the reply. What has changed is in the log's
     * memory then; {@link AppendLog#awaitDurable} waits for the disk.
     *
     * @param name in upper case
     * @return whether there is such a command
     */
    boolean execute(String name, List<String> request, RespWriter reply) throws CommandException {
        boolean grows = name.equals("SET") || name.startsWith("INCR");
        if (grows && bytes > bytesMax) {
            throw new CommandException(
                    "OOM the data takes all of the memory that it may have, "
                            + bytesMax
                            + " bytes");
        }
        try {
            boolean isThere = run(name, request, reply);
            if (log != null && (grows || name.equals("DEL"))) {
                log.append(request);
            }
            return isThere;
        } catch (RuntimeException | Error e) { // without memory, for example: done in part
            if (log != null) {
                log.fail(e);
            }
            throw e;
        }
    }

    /** Checks everything before it changes anything. */
    private boolean run(String name, List<String> request, RespWriter reply)
            throws CommandException {
        switch (name) {
            case "GET" -> {
                requireCount(request, 2, 2);
                reply.string(values.get(request.get(1)));
            }
            case "SET" -> {
                requireCount(request, 3, 3);
                set(request.get(1), request.get(2));
                reply.simple("OK");
            }
            case "INCR" -> {
                requireCount(request, 2, 2);
                reply.integer(add(request.get(1), 1));
            }
            case "INCRBY" -> {
                requireCount(request, 3, 3);
                reply.integer(add(request.get(1), integerOf(request.get(2))));
            }
            case "DEL" -> {
                requireCount(request, 2, Integer.MAX_VALUE);
                reply.integer(request.stream().skip(1).filter(this::delete).count());
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The name of the command is one of them. */
    static void requireCount(List<String> request, int min, int max) throws CommandException {
        if (request.size() < min || request.size() > max) {
            throw new CommandException("ERR the command has another number of arguments");
        }
    }

    static void requireName(String name) throws CommandException {
        if (name.length() > NAME_BYTES_MAX) {
            throw new CommandException("ERR a name has at most " + NAME_BYTES_MAX + " bytes");
        }
    }

    private void set(String key, String value) throws CommandException {
        requireName(key);
        String old = values.put(key, value);
        bytes += value.length() - (old == null ? -ENTRY_BYTES - key.length() : old.length());
    }

    private boolean delete(String key) {
        String old = values.remove(key);
        if (old == null) {
            return false;
        }
        bytes -= ENTRY_BYTES + (long) key.length() + old.length();
        return true;
    }

    private long add(String key, long by) throws CommandException {
        String old = values.get(key);
        try {
            long sum = Math.addExact(old == null ? 0 : integerOf(old), by);
            set(key, Long.toString(sum));
            return sum;
        } catch (ArithmeticException e) {
            throw new CommandException("ERR the result is no integer of 64 bits");
        }
    }

    private static long integerOf(String text) throws CommandException {
        try {
            long value = Long.parseLong(text);
            if (Long.toString(value).equals(text)) { // there is one way to write it
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CommandException("ERR that is no integer of 64 bits");
    }

    /** Does once more what is in a record of the log. */
    @Override
    public void replay(ByteBuffer record) throws ProtocolException, CommandException {
        RequestParser parser = new RequestParser();
        RespWriter reply = new RespWriter();
        for (List<String> request; (request = parser.next(record)) != null; reply.take()) {
            if (!run(request.get(0).toUpperCase(Locale.ROOT), request, reply)) {
                throw new CommandException("ERR unknown command: " + request.get(0));
            }
        }
        if (!parser.isBetweenRequests()) {
            throw new ProtocolException("a record ends within a request");
        }
    }
}
