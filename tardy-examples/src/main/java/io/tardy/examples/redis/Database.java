package io.tardy.examples.redis;

import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The keys and values with their commands, and the log of what has changed. */
final class Database implements AppendLog.Replay {

    private static final Map<String, Command> COMMANDS = commands();

    private final long bytesMax;
    private final Store store;
    private AppendLog log; // null for none

    /**
     * @param bytesMax how much memory the data may take, about
     */
    Database(long bytesMax, InstantSource clock) {
        this.bytesMax = bytesMax;
        this.store = new Store(clock, this::logExpired);
    }

    private static Map<String, Command> commands() {
        Map<String, Command> commands = new HashMap<>();
        KeyCommands.addTo(commands);
        TextCommands.addTo(commands);
        CollectionCommands.addTo(commands);
        SortedSetCommands.addTo(commands);
        return Map.copyOf(commands);
    }

    static int commandCount() {
        return COMMANDS.size();
    }

    /** From now on each change goes into this log. */
    void logTo(AppendLog appended) {
        log = appended;
    }

    Store store() {
        return store;
    }

    long bytesMax() {
        return bytesMax;
    }

    /**
     * Does what is asked, without a wait, and writes the reply. What has changed is in the log's
     * memory then; {@link AppendLog#awaitDurable} waits for the disk.
     *
     * @param name in upper case
     * @return whether there is such a command
     */
    boolean execute(String name, List<String> arguments, RespWriter reply) throws CommandException {
        Command command = COMMANDS.get(name);
        if (command == null) {
            return false;
        }
        command.requireCount(arguments.size());
        if (command.grows() && store.bytes() > bytesMax) {
            throw new CommandException(
                    "OOM the data takes all of the memory that it may have, "
                            + bytesMax
                            + " bytes");
        }
        Call call = new Call(arguments, reply, store);
        try {
            command.body().run(call);
            if (store.takeChanged() && log != null) {
                log.append(call.logged());
            }
        } catch (RuntimeException | Error e) { // without memory, for example: done in part
            if (log != null) {
                log.fail(e);
            }
            throw e;
        }
        return true;
    }

    private void logExpired(String key) {
        if (log != null) {
            log.append(List.of("DEL", key));
        }
    }

    /** Removes keys whose time has come; whether there are more. */
    boolean expireDue(int countMax) {
        return store.expireDue(countMax);
    }

    /** Does once more what is in a record of the log. */
    @Override
    public void replay(ByteBuffer record) throws ProtocolException, CommandException {
        RequestParser parser = new RequestParser();
        RespWriter reply = new RespWriter();
        store.setReplaying(true);
        try {
            for (List<String> request; (request = parser.next(record)) != null; reply.take()) {
                Command command = COMMANDS.get(request.get(0).toUpperCase(Locale.ROOT));
                if (command == null) {
                    throw new CommandException("ERR unknown command: " + request.get(0));
                }
                command.body().run(new Call(request, reply, store));
            }
        } finally {
            store.setReplaying(false);
            store.takeChanged();
        }
        if (!parser.isBetweenRequests()) {
            throw new ProtocolException("a record ends within a request");
        }
    }
}
