package io.tardy.examples;

import io.tardy.Threading;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.replica.Address;
import io.tardy.examples.replica.Replica;
import io.tardy.examples.replica.ReplicaClient;
import io.tardy.examples.replica.ReplicaListener;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** A {@link Replica}, or a client of several. */
@Command(
        name = "replica",
        description = "One of several servers that keep the same keys and values; or their client.",
        mixinStandardHelpOptions = true)
final class ReplicaCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin private RuntimeOptions runtime;

    @Option(
            names = "--peers",
            required = true,
            split = ",",
            paramLabel = "HOST:PORT",
            description = "All replicas, this one too, in the same order everywhere.",
            converter = AddressConverter.class)
    private List<Address> peers;

    @ArgGroup(multiplicity = "1")
    private Role role;

    /** What it is to do. */
    private static final class Role {
        @ArgGroup(exclusive = false)
        private Server server;

        @Option(
                names = "--put",
                paramLabel = "KEY=VALUE",
                description = "Write, and end when it is done.")
        private String put;

        @Option(names = "--get", paramLabel = "KEY", description = "Read, and print the value.")
        private String get;
    }

    /** A replica. */
    private static final class Server {
        @Option(
                names = "--id",
                required = true,
                paramLabel = "N",
                description = "Be this one of the replicas: 1 for the first.")
        private int id;

        @Option(
                names = "--data",
                required = true,
                paramLabel = "DIR",
                description = "Keep the journal in this directory; it is made if it is not there.")
        private Path directory;
    }

    @Override
    public Integer call() throws IOException {
        if (role.server != null) {
            serve(role.server);
        } else {
            runtime.runInFrame(this::ask);
        }
        return 0;
    }

    private void serve(Server server) throws IOException {
        if (server.id < 1 || server.id > peers.size()) {
            throw new IllegalStateException(
                    "--id " + server.id + " is none of the " + peers.size() + " of --peers");
        }
        Address address = peers.get(server.id - 1);
        Replica replica = new Replica(server.id, peers, server.directory, new Leading(server.id));
        ServerOptions.serve(
                runtime.tardy().threading(Threading.single()),
                new HealthOptions(),
                Duration.ZERO, // its frames have no end, and the others do without it
                (rt, listener) ->
                        rt.spawn(
                                "replica",
                                () -> {
                                    try {
                                        replica.run(listener);
                                    } finally {
                                        rt.stop(); // a replica that has failed serves no more
                                    }
                                }),
                tardy -> {
                    Socket listener = Socket.tcp(tardy, address.host(), address.port());
                    return ServerOptions.closeOnFailure(
                            listener, () -> listener.bind().listen(4096));
                });
    }

    private record Leading(int id) implements ReplicaListener {
        @Override
        public void leads(long term) {
            System.out.println("replica " + id + " leads term " + term);
        }
    }

    private void ask() throws IOException {
        try (ReplicaClient client = new ReplicaClient(peers, PATIENCE)) {
            if (role.get == null) {
                put(client, role.put);
                return;
            }
            String value = client.get(role.get);
            if (value == null) {
                throw new IllegalStateException("nothing was written to " + role.get);
            }
            System.out.println(value);
        } catch (DeadlineExceededException e) {
            Throwable[] last = e.getSuppressed();
            throw new IllegalStateException(
                    "no leader has answered in "
                            + PATIENCE.toSeconds()
                            + " s: more than half of the replicas must run"
                            + (last.length == 0
                                    ? ""
                                    : "; the last attempt: " + last[0].getMessage())
                            + (role.put == null
                                    ? ""
                                    : "; the value may have been written, or may yet be"),
                    e);
        }
    }

    private static void put(ReplicaClient client, String text) throws IOException {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalStateException("--put " + text + " is not KEY=VALUE");
        }
        client.put(text.substring(0, equals), text.substring(equals + 1));
    }

    static final class AddressConverter implements ITypeConverter<Address> {
        @Override
        public Address convert(String value) {
            try {
                return Address.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
