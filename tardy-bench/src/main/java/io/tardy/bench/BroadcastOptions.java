package io.tardy.bench;

import io.tardy.Tardy;
import io.tardy.aio.AsyncType;
import io.tardy.transport.iouring.IoUringTransport;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the clients and the server of a broadcast must agree on, and the server's bounds. */
final class BroadcastOptions {

    private static final int SUBMISSIONS = 4096;

    @Mixin private TransportOption transport;

    @Option(names = "--runtimes", description = "Runtimes of the server (default: 1).")
    int runtimes = 1;

    @Option(names = "--rate", description = "Messages a second, to everybody (default: 10).")
    int rate = 10;

    @Option(names = "--seconds", description = "For how long (default: 30).")
    int seconds = 30;

    @Option(
            names = "--warmup",
            description =
                    "Seconds at the same rate before, not counted but verified too (default: 5).")
    int warmupSeconds = 5;

    @Option(names = "--bytes", description = "Length of a message (default: 1024).")
    int bytes = 1024;

    @Option(
            names = "--queue-bytes",
            description = "Bound of a connection's queue (default: 65536).")
    int queueBytesMax = 64 * 1024;

    @Option(
            names = "--send-buffer",
            description =
                    "SO_SNDBUF of the server's connections (default: 32768). Left to itself the"
                            + " kernel would take megabytes for each on loopback.")
    int sendBufferBytes = 32 * 1024;

    @Option(
            names = "--pending-bytes",
            description =
                    "Bytes that Netty holds for a connection before more stays in the queue"
                            + " (default: 32768).")
    int pendingBytesMax = 32 * 1024;

    @Option(
            names = "--completions",
            description =
                    "On io_uring: entries of the completion queue of each runtime, a power of two"
                            + " (default: 32768).")
    int completions = 32 * 1024;

    /**
     * Before the others connect, some rehearse: the JDK is slow for ever to resume a frame whose
     * stack began in code that was not compiled yet.
     */
    static final int REHEARSAL_CONNECTIONS = 100;

    static final int REHEARSAL_RATE = 500;
    static final int REHEARSAL_MESSAGES = 2500;

    /** With rings that so many connections need, if it is io_uring by name. */
    Tardy.Builder tardy() {
        return transport.type() == AsyncType.IO_URING
                ? Tardy.builder().async(new IoUringTransport(SUBMISSIONS, completions))
                : Tardy.builder().async(transport.type());
    }

    int messages() {
        return rate * seconds;
    }

    int warmupMessages() {
        return rate * warmupSeconds;
    }

    List<String> toArguments() {
        return List.of(
                "--transport=" + transport.type().label(),
                "--runtimes=" + runtimes,
                "--rate=" + rate,
                "--seconds=" + seconds,
                "--warmup=" + warmupSeconds,
                "--bytes=" + bytes,
                "--completions=" + completions,
                "--queue-bytes=" + queueBytesMax,
                "--send-buffer=" + sendBufferBytes,
                "--pending-bytes=" + pendingBytesMax);
    }
}
