package io.tardy.bench;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a process has in use, in bytes; on Linux. The heap's figure has its garbage in it, unless
 * the collector has just run.
 *
 * @param rss resident memory of the process
 * @param heap used heap
 * @param direct direct memory of Netty's default allocator
 * @param kernel buffers of all TCP sockets of this machine, both ends
 */
record Memory(long rss, long heap, long direct, long kernel) {

    private static final int PAGE_BYTES = 4096;

    static Memory now() {
        return new Memory(
                1024 * number(Path.of("/proc/self/status"), "VmRSS:", 1),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                        ? provider.metric().usedDirectMemory()
                        : 0,
                PAGE_BYTES * number(Path.of("/proc/net/sockstat"), "TCP:", 10));
    }

    /** After a collection. */
    static Memory settled() {
        System.gc();
        return now();
    }

    /** The larger of each. */
    Memory max(Memory other) {
        return new Memory(
                Math.max(rss, other.rss),
                Math.max(heap, other.heap),
                Math.max(direct, other.direct),
                Math.max(kernel, other.kernel));
    }

    /** As figures of a {@link ServerProcess}. */
    void print(String when) {
        System.out.println(when + ".rss " + rss);
        System.out.println(when + ".heap " + heap);
        System.out.println(when + ".direct " + direct);
        System.out.println(when + ".kernel " + kernel);
    }

    /** The word at this place of the line that begins so. */
    private static long number(Path file, String line, int word) {
        try {
            List<String> lines = Files.readAllLines(file);
            String[] words =
                    lines.stream()
                            .filter(l -> l.startsWith(line))
                            .findFirst()
                            .map(l -> l.split("\\s+"))
                            .orElseThrow(() -> new IOException(file + " has no " + line));
            if (words.length <= word) {
                throw new IOException(file + ": " + Arrays.toString(words));
            }
            return Long.parseLong(words[word]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
