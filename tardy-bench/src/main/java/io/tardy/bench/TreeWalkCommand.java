package io.tardy.bench;

import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.DirEntry;
import io.tardy.aio.FileKind;
import io.tardy.aio.Stat;
import io.tardy.aio.StatEntry;
import io.tardy.fs.Dir;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Adds up the sizes of all files in a tree whose names are in the kernel's memory, beside one plain
 * thread of the JDK that does. The ratio of the two, in turns within one run, is what to compare.
 */
@Command(
        name = "tree-walk",
        description = "The sizes of all files in a tree, beside the JDK's walkFileTree.",
        mixinStandardHelpOptions = true)
final class TreeWalkCommand implements Callable<Integer> {

    /** How entries are asked for. */
    private enum How {
        /** A {@code walk}, in one frame. */
        WALK,
        /** A {@code list} for each directory, a {@code stat} for each entry. */
        STAT,
        /** A {@code listStats} for each directory. */
        LIST_STATS
    }

    @Mixin private TransportOption transport;

    @Parameters(paramLabel = "DIRECTORY", description = "Where the tree begins.")
    private Path root;

    @Option(names = "--frames", description = "How many frames walk (default: 1).")
    private int frames = 1;

    @Option(
            names = "--how",
            description = "How entries are asked for: ${COMPLETION-CANDIDATES} (default: WALK).")
    private How how = How.WALK;

    @Option(
            names = "--rounds",
            description = "How many rounds, the first two not counted (default: 6).")
    private int rounds = 6;

    /** What a walk found. */
    private record Found(long directories, long files, long bytes) {}

    /** Of all frames of a walk, which share a thread. */
    private static final class Walk {
        private int forked;
        private long directories;
        private long files;
        private long bytes;

        void count(Stat found) {
            if (found.isDirectory()) {
                directories++;
            } else {
                files++;
                bytes += found.size();
            }
        }
    }

    @Override
    public Integer call() throws Exception {
        for (int round = -1; round <= rounds; round++) {
            long began = System.nanoTime();
            Found jdk = jdk();
            long jdkNanos = System.nanoTime() - began;
            Walked tardy = tardy();
            if (!jdk.equals(tardy.found)) {
                System.err.println("tree-walk: jdk " + jdk + ", tardy " + tardy.found);
                return 1;
            }
            if (round > 0) {
                System.out.printf(
                        "round %d: %s: jdk %d us, tardy %d us, wall %.3f of the jdk's%n",
                        round,
                        jdk,
                        jdkNanos / 1000,
                        tardy.nanos / 1000,
                        (double) tardy.nanos / jdkNanos);
            }
        }
        return 0;
    }

    private Found jdk() throws IOException {
        var found = new Walk();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        found.directories++;
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        found.files++;
                        found.bytes += attributes.size();
                        return FileVisitResult.CONTINUE;
                    }
                });
        return new Found(found.directories, found.files, found.bytes);
    }

    private record Walked(Found found, long nanos) {}

    private Walked tardy() throws Exception {
        var walked = new CompletableFuture<Walked>();
        try (Tardy tardy =
                Tardy.builder().async(transport.type()).threading(Threading.single()).build()) {
            tardy.entry(
                    walked,
                    (rt, result) ->
                            rt.spawn(
                                    () -> {
                                        long began = System.nanoTime();
                                        Found found = walk();
                                        long nanos = System.nanoTime() - began;
                                        result.complete(new Walked(found, nanos));
                                    }));
        }
        return walked.get();
    }

    private Found walk() throws IOException {
        var walk = new Walk();
        try (Dir dir = Dir.open(root)) {
            if (how == How.WALK) {
                walk.directories++;
                dir.walk(entry -> walk.count(entry.stat()));
            } else {
                visit(walk, dir);
            }
        }
        return new Found(walk.directories, walk.files, walk.bytes);
    }

    private void visit(Walk walk, Dir dir) throws IOException {
        walk.directories++;
        try (Scope scope = Scope.open()) {
            if (how == How.LIST_STATS) {
                for (StatEntry entry : dir.listStats()) {
                    if (entry.stat().isDirectory()) {
                        enter(walk, scope, dir.openDir(entry.path()));
                    } else {
                        walk.count(entry.stat());
                    }
                }
            } else {
                for (DirEntry entry : dir.list()) {
                    if (entry.kind() == FileKind.DIRECTORY) {
                        enter(walk, scope, dir.openDir(entry.path()));
                    } else {
                        walk.count(dir.stat(entry.path(), false));
                    }
                }
            }
            scope.join();
        }
    }

    /** In a frame of its own, if there may be one more. */
    private void enter(Walk walk, Scope scope, Dir inner) throws IOException {
        if (walk.forked + 1 >= frames) {
            try (inner) {
                visit(walk, inner);
            }
            return;
        }
        walk.forked++;
        scope.fork(
                () -> {
                    try (inner) {
                        visit(walk, inner);
                    } finally {
                        walk.forked--;
                    }
                });
    }
}
