package io.tardy.examples;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.examples.redis.RedisServer;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A {@link RedisServer}. All of its data is on one runtime, so there is no {@code --runtimes}. */
@Command(
        name = "redis",
        description = "A server of keys, values and messages that speaks the protocol of Redis.",
        mixinStandardHelpOptions = true)
final class RedisCommand implements Callable<Integer> {

    private static final int MIB = 1 << 20;

    @Option(
            names = "--transport",
            paramLabel = "auto|io_uring|epoll|kqueue|poll",
            description = "Which transport to run on (default: auto).",
            converter = RuntimeOptions.TransportConverter.class)
    private AsyncType transport = AsyncType.AUTO;

    @Option(names = "--host", description = "The address to listen at (default: 127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The port to listen at; 0 for any (default: 0).")
    private int port = 0;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Keep all changes in this directory, which is made if it is not there: a reply"
                            + " is sent once they are on the disk (default: keep them in memory).")
    private Path directory;

    @Option(
            names = "--max-memory",
            paramLabel = "MIB",
            description = "How much memory the data may take (default: half of the JVM's heap).")
    private long maxMemory = Math.max(1, Runtime.getRuntime().maxMemory() / 2 / MIB);

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > 65535) {
            throw new IllegalStateException("--port " + port + " is not between 0 and 65535");
        }
        if (maxMemory < 1 || maxMemory > Long.MAX_VALUE / MIB) {
            throw new IllegalStateException("--max-memory " + maxMemory + " is less than 1");
        }
        RedisServer server = new RedisServer(maxMemory * MIB, Runtime.getRuntime().maxMemory() / 4);
        ServerOptions.serve(
                Tardy.builder().async(transport).threading(Threading.single()),
                new HealthOptions(),
                ServerOptions.DRAIN,
                server::start,
                tardy -> {
                    if (directory != null) {
                        tardy.run(() -> server.keepIn(directory));
                    }
                    Socket listener = Socket.tcp(tardy, host, port);
                    return ServerOptions.closeOnFailure(
                            listener, () -> listener.bind().listen(4096));
                });
        return 0;
    }
}
