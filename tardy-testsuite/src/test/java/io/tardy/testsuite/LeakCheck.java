package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.Threading;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test as many sockets and event descriptors are open as before, and as many threads.
 */
final class LeakCheck implements BeforeEachCallback, AfterEachCallback {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final String BEFORE = "before";

    private static boolean warm;

    private record Open(List<String> descriptors, long threads) {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        warmUpOnce();
        store(context).put(BEFORE, new Open(descriptors(), threads()));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Open before = store(context).get(BEFORE, Open.class);
        long threads = threads(); // first: one that ends may close something yet, as a linger does
        List<String> after = descriptors();
        assertThat(after.size())
                .as("open sockets, event descriptors and files: %s, before %s", after, before)
                .isLessThanOrEqualTo(before.descriptors().size());
        assertThat(threads).as("threads of runtimes").isLessThanOrEqualTo(before.threads());
    }

    /** What the first runtime and the first socket of the JDK open for good, they open here. */
    private static synchronized void warmUpOnce() throws IOException {
        if (!warm) {
            new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
            try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
                tardy.entry("warm up", (rt, nothing) -> rt.spawn(() -> {}));
            }
            warm = true;
        }
    }

    /**
     * Sockets, event descriptors, pipes of selectors and the tests' own files: class loading opens
     * others at any time.
     */
    private static List<String> descriptors() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return List.of(); // only Linux tells what a descriptor is; elsewhere only threads are
            // counted
        }
        List<String> open = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (isCounted(target)) {
                        open.add(target);
                    }
                } catch (NoSuchFileException e) {
                    // The stream's own descriptor, or one that was closed meanwhile.
                }
            }
        }
        return open;
    }

    private static boolean isCounted(String target) {
        return target.startsWith("socket:")
                || target.startsWith("anon_inode:[")
                || target.startsWith("pipe:")
                || target.contains("/junit");
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tardy-") && isStillNeeded(thread))
                .count();
    }

    /** A loop's thread tells of its end just before it ends. */
    private static boolean isStillNeeded(Thread thread) {
        try {
            return !thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(
                ExtensionContext.Namespace.create(LeakCheck.class, context.getUniqueId()));
    }
}
