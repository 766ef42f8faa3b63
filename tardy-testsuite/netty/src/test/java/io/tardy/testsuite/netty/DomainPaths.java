package io.tardy.testsuite.netty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Fresh names for sockets of the Unix domain, in one temporary directory that goes with the JVM.
 */
final class DomainPaths {

    private static final Path DIRECTORY = newDirectory();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private DomainPaths() {}

    static SocketAddress newAddress() {
        return Run.WIRE.domainAddress(DIRECTORY.resolve("s" + COUNT.incrementAndGet()));
    }

    private static Path newDirectory() {
        try {
            Path directory = Files.createTempDirectory("tardy");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> sockets = Files.list(directory)) {
            for (Path socket : sockets.toList()) {
                Files.delete(socket);
            }
            Files.delete(directory);
        } catch (IOException e) {
            System.err.println("left behind: " + directory + ": " + e);
        }
    }
}
