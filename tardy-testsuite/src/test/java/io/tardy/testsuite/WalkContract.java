package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.CancelledException;
import io.tardy.fs.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Walks through trees, on a real file system. */
interface WalkContract extends TransportFixture {

    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aWalkVisitsEverythingBelowOnceAndFollowsNoLink(@TempDir Path folder)
            throws Exception {
        Set<String> made = new HashSet<>();
        for (String directory : List.of("a", "a/b", "a/b/c", "d", "empty")) {
            Files.createDirectory(folder.resolve(directory));
            made.add(directory);
            for (int i = 0; i < 700 && !directory.equals("empty"); i++) {
                String file = directory + "/" + i;
                Files.writeString(folder.resolve(file), "x".repeat(i % 3));
                made.add(file);
            }
        }
        Files.createSymbolicLink(folder.resolve("a/up"), folder);
        made.add("a/up");
        inFrame(
                rt -> {
                    List<String> visited = new ArrayList<>();
                    try (Dir dir = Dir.open(folder)) {
                        dir.walk(
                                entry -> {
                                    visited.add(entry.name());
                                    assertThat(entry.stat().inode())
                                            .isEqualTo(dir.stat(entry.path(), false).inode());
                                });
                        assertThat(visited).hasSize(made.size()).containsAll(made);
                        assertThat(visited.indexOf("a/b")).isLessThan(visited.indexOf("a/b/c"));
                        assertThat(visited.indexOf("a/b/c")).isLessThan(visited.indexOf("a/b/c/0"));
                        IOException enough = new IOException("enough");
                        assertThatExceptionOfType(IOException.class)
                                .isThrownBy(
                                        () ->
                                                dir.walk(
                                                        entry -> {
                                                            throw enough;
                                                        }))
                                .isSameAs(enough);
                    }
                });
    }

    /** Or the visitor could be told of less than there is, and not know. */
    @Test
    @NotSimulated(NotSimulated.FILES)
    default void aWalkThatIsCancelledEnds(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("file"), "x");
        inFrame(
                rt -> {
                    try (Dir dir = Dir.open(folder)) {
                        Frame<Void> frame = rt.spawn(() -> dir.walk(entry -> {}));
                        frame.cancel();
                        assertThatExceptionOfType(FrameFailedException.class)
                                .isThrownBy(frame::join)
                                .withRootCauseInstanceOf(CancelledException.class);
                    }
                });
    }

    /** The walk has listed the directory, and has not opened it yet. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @NotSimulated(NotSimulated.FILES)
    default void aWalkFollowsNoLinkThatHasTakenTheWay(@TempDir Path folder) throws Exception {
        Path top = Files.createDirectory(folder.resolve("top"));
        Files.createDirectories(top.resolve("a/b"));
        for (int i = 0; i < 1000; i++) {
            Files.createFile(top.resolve("a/" + i));
        }
        Files.createDirectories(folder.resolve("other/b"));
        Files.createFile(folder.resolve("other/b/secret"));
        inFrame(
                rt -> {
                    List<String> visited = new ArrayList<>();
                    try (Dir dir = Dir.open(top)) {
                        dir.walk(
                                entry -> {
                                    visited.add(entry.name());
                                    if (entry.name().equals("a/b")) {
                                        Files.move(top.resolve("a"), folder.resolve("away"));
                                        Files.createSymbolicLink(
                                                top.resolve("a"), folder.resolve("other"));
                                    }
                                });
                    }
                    assertThat(visited).hasSize(1002).contains("a/b").doesNotContain("a/b/secret");
                });
    }

    /** The system takes no path of more than 4,095 bytes. */
    @Test
    @EnabledOnOs(OS.LINUX)
    @NotSimulated(NotSimulated.FILES)
    default void aWalkGoesDeeperThanAPathIsLong(@TempDir Path folder) throws Exception {
        Path name = Path.of("x".repeat(250));
        int depth = 20;
        inFrame(
                rt -> {
                    Dir top = Dir.open(folder);
                    Dir current = top;
                    for (int i = 0; i < depth; i++) {
                        Dir next = current.createDir(name);
                        if (current != top) {
                            current.close();
                        }
                        current = next;
                    }
                    current.close();
                    List<String> visited = new ArrayList<>();
                    top.walk(entry -> visited.add(entry.name()));
                    assertThat(visited).hasSize(depth);
                    top.deleteTree(name);
                    assertThat(top.list()).isEmpty();
                    top.close();
                });
    }
}
