package io.tardy.examples.redis;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Commands that are about a connection or the server, and change no data. */
final class ConnectionCommands {

    private final RedisServer server;
    private final RedisConnection connection;
    private final long id;
    private String name = "";

    ConnectionCommands(RedisServer server, RedisConnection connection, long id) {
        this.server = server;
        this.connection = connection;
        this.id = id;
    }

    /** Returns whether there is such a command. */
    boolean execute(String command, List<String> arguments, RespWriter reply)
            throws CommandException {
        switch (command) {
            case "PING" -> ping(arguments, reply);
            case "ECHO" -> {
                require(arguments, 2, 2);
                reply.string(arguments.get(1));
            }
            case "HELLO" -> hello(arguments, reply);
            case "AUTH" -> throw new CommandException("ERR this server has no passwords");
            case "SELECT" -> select(arguments, reply);
            case "CLIENT" -> client(arguments, reply);
            case "COMMAND" -> command(arguments, reply);
            case "CONFIG" -> config(arguments, reply);
            case "INFO" -> reply.string(server.info());
            case "QUIT" -> {
                reply.simple("OK");
                connection.endAfterReply();
            }
            case "SUBSCRIBE", "PSUBSCRIBE" -> subscribe(command, arguments, reply);
            case "UNSUBSCRIBE", "PUNSUBSCRIBE" -> unsubscribe(command, arguments, reply);
            case "PUBLISH" -> {
                require(arguments, 3, 3);
                Store.requireKey(arguments.get(1));
                reply.integer(server.topics().publish(arguments.get(1), arguments.get(2)));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Of the older protocol: where messages come, nobody could tell a reply from them. */
    static void requireForSubscribers(String command) throws CommandException {
        switch (command) {
            case "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PING", "QUIT" -> {}
            default ->
                    throw new CommandException(
                            "ERR with protocol 2, whoever has subscribed may only subscribe,"
                                    + " unsubscribe, PING and QUIT");
        }
    }

    private static void require(List<String> arguments, int min, int max) throws CommandException {
        new Command(min, max, false, null).requireCount(arguments.size());
    }

    private void ping(List<String> arguments, RespWriter reply) throws CommandException {
        require(arguments, 1, 2);
        if (connection.subscriptions() > 0 && reply.protocol() == 2) {
            reply.array(2); // as a message is, for there are only messages
            reply.string("pong");
            reply.string(arguments.size() == 2 ? arguments.get(1) : "");
        } else if (arguments.size() == 2) {
            reply.string(arguments.get(1));
        } else {
            reply.simple("PONG");
        }
    }

    /** {@code HELLO [2 | 3 [SETNAME name]]}. */
    private void hello(List<String> arguments, RespWriter reply) throws CommandException {
        int protocol = reply.protocol();
        if (arguments.size() > 1) {
            protocol =
                    switch (arguments.get(1)) {
                        case "2" -> 2;
                        case "3" -> 3;
                        default ->
                                throw new CommandException(
                                        "NOPROTO this server speaks the protocols 2 and 3");
                    };
        }
        String named = name;
        for (int i = 2; i < arguments.size(); i += 2) {
            if (!arguments.get(i).equalsIgnoreCase("SETNAME") || i + 1 == arguments.size()) {
                throw new CommandException("ERR of the options there is only SETNAME name");
            }
            named = arguments.get(i + 1);
        }
        name = named;
        connection.setProtocol(protocol);
        reply.map(7);
        reply.string("server");
        reply.string("tardy-redis");
        reply.string("version");
        reply.string(RedisServer.VERSION);
        reply.string("proto");
        reply.integer(protocol);
        reply.string("id");
        reply.integer(id);
        reply.string("mode");
        reply.string("standalone");
        reply.string("role");
        reply.string("master");
        reply.string("modules");
        reply.array(0);
    }

    private static void select(List<String> arguments, RespWriter reply) throws CommandException {
        require(arguments, 2, 2);
        if (!arguments.get(1).equals("0")) {
            throw new CommandException("ERR there is one database, and it is 0");
        }
        reply.simple("OK");
    }

    private void client(List<String> arguments, RespWriter reply) throws CommandException {
        require(arguments, 2, 4);
        switch (arguments.get(1).toUpperCase(Locale.ROOT)) {
            case "ID" -> reply.integer(id);
            case "GETNAME" -> reply.string(name.isEmpty() ? null : name);
            case "SETNAME" -> {
                require(arguments, 3, 3);
                name = arguments.get(2);
                reply.simple("OK");
            }
            case "SETINFO" -> reply.simple("OK"); // which library it is: nobody asks
            default -> throw new CommandException("ERR CLIENT has ID, GETNAME, SETNAME, SETINFO");
        }
    }

    /** Clients ask for it to help who types; they do without. */
    private static void command(List<String> arguments, RespWriter reply) throws CommandException {
        String part = arguments.size() == 1 ? "" : arguments.get(1).toUpperCase(Locale.ROOT);
        switch (part) {
            case "COUNT" -> reply.integer(Database.commandCount());
            case "DOCS" -> reply.map(0);
            case "" -> reply.array(0);
            default ->
                    throw new CommandException("ERR COMMAND has COUNT and DOCS, and says little");
        }
    }

    private void config(List<String> arguments, RespWriter reply) throws CommandException {
        if (arguments.size() < 3 || !arguments.get(1).equalsIgnoreCase("GET")) {
            throw new CommandException(
                    "ERR of CONFIG there is GET pattern: options are for the start");
        }
        Map<String, String> found = new TreeMap<>();
        for (String pattern : arguments.subList(2, arguments.size())) {
            Glob.require(pattern);
            server.settings()
                    .forEach(
                            (key, value) -> {
                                if (Glob.matches(pattern.toLowerCase(Locale.ROOT), key)) {
                                    found.put(key, value);
                                }
                            });
        }
        reply.map(found.size());
        for (Map.Entry<String, String> setting : found.entrySet()) {
            reply.string(setting.getKey());
            reply.string(setting.getValue());
        }
    }

    private void subscribe(String command, List<String> arguments, RespWriter reply)
            throws CommandException {
        require(arguments, 2, Command.ANY);
        boolean isPattern = command.equals("PSUBSCRIBE");
        for (String topic : arguments.subList(1, arguments.size())) {
            if (isPattern) {
                Glob.require(topic);
            }
            reply.begin(); // a refusal takes back this one only
            connection.subscriber().subscribe(topic, isPattern);
            confirm(command, topic, reply);
        }
    }

    private void unsubscribe(String command, List<String> arguments, RespWriter reply)
            throws CommandException {
        boolean isPattern = command.equals("PUNSUBSCRIBE");
        List<String> named =
                arguments.size() > 1
                        ? arguments.subList(1, arguments.size())
                        : connection.subscriber().names(isPattern);
        for (String topic : named) {
            connection.subscriber().unsubscribe(topic, isPattern);
            confirm(command, topic, reply);
        }
        if (named.isEmpty()) {
            confirm(command, null, reply);
        }
    }

    private void confirm(String command, String topic, RespWriter reply) throws CommandException {
        reply.push(3);
        reply.string(command.toLowerCase(Locale.ROOT));
        reply.string(topic);
        reply.integer(connection.subscriptions());
    }
}
