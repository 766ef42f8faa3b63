package io.tardy.examples.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A replica on a runtime and a thread of its own, at a port of the system's choice. */
final class Machine implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int id;
    private final AsyncType transport;
    private final Path directory;
    private int port;
    private Tardy tardy;
    private Socket server;
    private TardyEntry entry;

    Machine(int id, AsyncType transport, Path directory) throws IOException {
        this.id = id;
        this.transport = transport;
        this.directory = directory;
        listen();
    }

    private void listen() throws IOException {
        tardy = Tardy.builder().async(transport).threading(Threading.single()).build();
        server = Socket.tcp(tardy, "127.0.0.1", port).bind().listen(128);
        port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    Address address() {
        return new Address("127.0.0.1", port);
    }

    void start(List<Address> replicas, ReplicaListener listener) throws IOException {
        if (tardy == null) {
            listen();
        }
        Replica replica = new Replica(id, replicas, directory, listener);
        entry =
                tardy.entryInNewThread(
                        server, (rt, socket) -> rt.spawn("replica", () -> replica.run(socket)));
    }

    void stop() throws Exception {
        if (tardy == null) {
            return;
        }
        if (entry != null) {
            entry.stop();
            assertThat(entry.await(PATIENCE)).as("replica %d has ended", id).isTrue();
        }
        server.close();
        tardy.close();
        tardy = null;
        entry = null;
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
