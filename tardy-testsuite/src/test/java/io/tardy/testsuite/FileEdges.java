package io.tardy.testsuite;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.fs.CreateFlags;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Every operation of a file or a directory, whatever it is and however it was opened. */
final class FileEdges {

    private static final String DONE = "done";

    private static final AsyncOpenFlags APPEND = AsyncOpenFlags.of(FileMode.WRITE).withAppend();

    private FileEdges() {}

    /** A directory and a path in it. */
    record Place(Dir dir, Path path) {}

    static EdgeTable<File> files() {
        EdgeTable<File> table =
                new EdgeTable<File>("Files")
                        .state("10 bytes", scene -> ten(scene, FileMode.READ_WRITE))
                        .state("to read", scene -> ten(scene, FileMode.READ))
                        .state("to write", scene -> ten(scene, FileMode.WRITE))
                        .state("to append", scene -> scene.keep(File.open(ten(scene), APPEND)))
                        .state("empty", scene -> scene.keep(empty(scene)))
                        .state("directory", scene -> scene.keep(File.open(scene.folder())))
                        .state("FIFO", FileEdges::fifo)
                        .state("/dev/null", scene -> device(scene, "/dev/null"))
                        .state("/dev/full", scene -> device(scene, "/dev/full"))
                        .state(
                                "closed",
                                scene -> {
                                    File file = ten(scene, FileMode.READ_WRITE);
                                    file.close();
                                    return file;
                                });
        for (long offset : new long[] {0, 8, 10, 1L << 40, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            String at = ", " + name(offset) + ")";
            table.call("read(4" + at, "ByteBuffer, long", f -> f.read(room(4), offset))
                    .call("readAll(4" + at, "ByteBuffer, long", f -> f.readAll(room(4), offset))
                    .call("write(4" + at, "ByteBuffer, long", f -> f.write(room(4), offset))
                    .call(
                            "writeAll(4" + at,
                            "ByteBuffer, long",
                            f -> {
                                f.writeAll(room(4), offset);
                                return DONE;
                            });
        }
        return table.call("read(4)", "ByteBuffer", f -> f.read(room(4)))
                .call("read(no room)", "ByteBuffer", f -> f.read(room(0)))
                .call("readAll(100)", "ByteBuffer", f -> f.readAll(room(100)))
                .call("write(4)", "ByteBuffer", f -> f.write(room(4)))
                .call("write(nothing)", "ByteBuffer", f -> f.write(room(0)))
                .call(
                        "writeAll(4)",
                        "ByteBuffer",
                        f -> {
                            f.writeAll(room(4));
                            return DONE;
                        })
                .call("sync()", "", f -> done(f::sync))
                .call("truncate(4)", "long", f -> done(() -> f.truncate(4)))
                .call("truncate(-1)", "long", f -> done(() -> f.truncate(-1)))
                .call("allocate(0, 4)", "long, long", f -> done(() -> f.allocate(0, 4)))
                .call("allocate(-1, 4)", "long, long", f -> done(() -> f.allocate(-1, 4)))
                .call("chmod(as it is)", "int", f -> done(() -> f.chmod(f.stat().mode())))
                .call("lock(SHARED)", "LockMode", f -> f.lock(LockMode.SHARED))
                .call("lock(EXCLUSIVE)", "LockMode", f -> f.lock(LockMode.EXCLUSIVE))
                .call(
                        "lock(EXCLUSIVE, 0, 4)",
                        "LockMode, long, long",
                        f -> f.lock(LockMode.EXCLUSIVE, 0, 4))
                .call("tryLock(SHARED)", "LockMode", f -> f.tryLock(LockMode.SHARED))
                .call(
                        "tryLock(EXCLUSIVE, 0, 4)",
                        "LockMode, long, long",
                        f -> f.tryLock(LockMode.EXCLUSIVE, 0, 4))
                .call("syncData()", "", f -> done(f::syncData))
                .call("stat()", "", File::stat)
                .call(
                        "close()",
                        "",
                        f -> {
                            f.close();
                            return DONE;
                        });
    }

    static EdgeTable<Place> directories() {
        return new EdgeTable<Place>("Directories")
                .state("a file", scene -> place(scene, "file"))
                .state("an empty directory", scene -> place(scene, "empty"))
                .state("a full directory", scene -> place(scene, "full"))
                .state("nothing", scene -> place(scene, "none"))
                .state("below nothing", scene -> place(scene, "none/below"))
                .state("below a file", scene -> place(scene, "file/below"))
                .state("a link to a file", scene -> place(scene, "link"))
                .state("a link to nothing", scene -> place(scene, "dangling"))
                .state("a link to itself", scene -> place(scene, "loop"))
                .state("no name", scene -> place(scene, ""))
                .state("a long name", scene -> place(scene, "x".repeat(256)))
                .state(
                        "a file, dir closed",
                        scene -> {
                            Place place = place(scene, "file");
                            place.dir().close();
                            return place;
                        })
                .call("openDir(path)", "Path", p -> p.dir().openDir(p.path()))
                .call("createDir(path)", "Path", p -> p.dir().createDir(p.path()))
                .call(
                        "openFile(path)",
                        "Path, AsyncOpenFlags",
                        p -> p.dir().openFile(p.path(), AsyncOpenFlags.READ))
                .call(
                        "createFile(path)",
                        "Path, CreateFlags",
                        p -> p.dir().createFile(p.path(), CreateFlags.DEFAULT))
                .call("deleteFile(path)", "Path", p -> done(() -> p.dir().deleteFile(p.path())))
                .call("deleteDir(path)", "Path", p -> done(() -> p.dir().deleteDir(p.path())))
                .call(
                        "rename(path, new)",
                        "Path, Path",
                        p -> done(() -> p.dir().rename(p.path(), Path.of("new"))))
                .call(
                        "rename(file, path)",
                        "Path, Path",
                        p -> done(() -> p.dir().rename(Path.of("file"), p.path())))
                .call(
                        "link(path, new)",
                        "Path, Path",
                        p -> done(() -> p.dir().link(p.path(), Path.of("new"))))
                .call(
                        "link(file, path)",
                        "Path, Path",
                        p -> done(() -> p.dir().link(Path.of("file"), p.path())))
                .call(
                        "symlink(file, path)",
                        "Path, Path",
                        p -> done(() -> p.dir().symlink(Path.of("file"), p.path())))
                .call("readlink(path)", "Path", p -> p.dir().readlink(p.path()))
                .call(
                        "chmod(path, 0700)",
                        "Path, int",
                        p -> done(() -> p.dir().chmod(p.path(), 0700)))
                .call("createTempFile()", "", p -> p.dir().createTempFile())
                .call("createTempDir(prefix)", "String", p -> p.dir().createTempDir("temp"))
                .call("watch()", "", p -> p.dir().watch())
                .call("deleteTree(path)", "Path", p -> done(() -> p.dir().deleteTree(p.path())))
                .call("stat(path)", "Path", p -> p.dir().stat(p.path()))
                .call("stat(path, false)", "Path, boolean", p -> p.dir().stat(p.path(), false))
                .call("sync()", "", p -> done(p.dir()::sync))
                .call("list()", "", p -> p.dir().list())
                .call("listStats()", "", p -> p.dir().listStats())
                .call("walk(visitor)", "Visitor", p -> done(() -> p.dir().walk(entry -> {})))
                .call("stat()", "", p -> p.dir().stat())
                .call("close()", "", p -> done(p.dir()::close));
    }

    private interface Action {
        void run() throws Exception;
    }

    private static String done(Action action) throws Exception {
        action.run();
        return DONE;
    }

    private static String name(long offset) {
        return offset == Long.MAX_VALUE
                ? "MAX_VALUE"
                : offset == Long.MIN_VALUE ? "MIN_VALUE" : Long.toString(offset);
    }

    private static ByteBuffer room(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    private static Path ten(EdgeScene scene) throws Exception {
        return Files.write(scene.folder().resolve("ten"), new byte[10]);
    }

    private static File ten(EdgeScene scene, FileMode mode) throws Exception {
        return scene.keep(File.open(ten(scene), mode));
    }

    private static File empty(EdgeScene scene) throws Exception {
        Path path = Files.createFile(scene.folder().resolve("empty"));
        return File.open(path, FileMode.READ_WRITE);
    }

    private static File fifo(EdgeScene scene) throws Exception {
        Path path = scene.folder().resolve("fifo");
        FileContract.makeFifo(path);
        return scene.keep(File.open(path, FileMode.READ_WRITE));
    }

    private static File device(EdgeScene scene, String path) throws Exception {
        return scene.keep(File.open(Path.of(path), FileMode.READ_WRITE));
    }

    private static Place place(EdgeScene scene, String name) throws Exception {
        Path folder = scene.folder();
        Files.write(folder.resolve("file"), new byte[10]);
        Files.createDirectory(folder.resolve("empty"));
        Files.createDirectories(folder.resolve("full/below"));
        Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        Files.createSymbolicLink(folder.resolve("dangling"), Path.of("none"));
        Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        return new Place(scene.keep(Dir.open(folder)), Path.of(name));
    }
}
