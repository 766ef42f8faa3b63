package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A path in an archive is no path of the disk, though there may be one with the same text. */
@NotSimulated("paths of other file systems are the JDK's business")
interface ForeignPathContract extends TransportFixture {

    @Test
    default void aPathOfAnotherFileSystemIsRefusedBeforeAnythingIsTouched(@TempDir Path folder)
            throws Exception {
        URI archive = URI.create("jar:" + folder.resolve("archive.zip").toUri());
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Path onDisk = Files.writeString(directory.resolve("file"), "on the disk");
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path foreign = zip.getPath(onDisk.toString());
            Path foreignDirectory = zip.getPath(directory.toString());
            inFrame(
                    rt -> {
                        List<ThrowingCallable> calls =
                                List.of(
                                        () -> File.open(foreign),
                                        () -> File.create(foreign),
                                        () -> Dir.open(foreignDirectory),
                                        () -> Dir.create(zip.getPath(folder + "/new")),
                                        () -> Dir.cwd().openDir(foreignDirectory),
                                        () -> Dir.cwd().createFile(foreign, CreateFlags.DEFAULT),
                                        () -> Dir.cwd().stat(foreign),
                                        () -> Dir.cwd().stat(foreign, false),
                                        () -> Dir.cwd().deleteFile(foreign),
                                        () -> Dir.cwd().deleteDir(foreignDirectory),
                                        () -> Dir.cwd().deleteTree(foreignDirectory),
                                        () -> Socket.unix(zip.getPath(folder + "/socket")),
                                        () -> Socket.unixDatagram(zip.getPath(folder + "/socket")));
                        for (ThrowingCallable call : calls) {
                            assertThatExceptionOfType(ProviderMismatchException.class)
                                    .isThrownBy(call)
                                    .withMessageContaining("belongs to");
                        }
                    });
        }
        assertThat(onDisk).hasContent("on the disk");
        assertThat(folder).isDirectoryNotContaining("glob:**/{new,socket}");
    }
}
