package io.tardy.spi;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.ReadError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.DirEntry;
import io.tardy.fs.FileKind;
import io.tardy.fs.Stat;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * {@link FileCalls} through the JDK, for systems that are not Linux. A directory is its path here:
 * renaming it moves what is relative to it. Permission bits of new files are the system's default.
 * The JDK does not tell error numbers; they follow from its exceptions.
 */
final class NioFileCalls extends FileCalls {

    @Override
    public FileHandle standard(int number) {
        FileChannel channel =
                switch (number) {
                    case 0 -> new FileInputStream(FileDescriptor.in).getChannel();
                    case 1 -> new FileOutputStream(FileDescriptor.out).getChannel();
                    default -> new FileOutputStream(FileDescriptor.err).getChannel();
                };
        return new ChannelFile(Path.of("standard stream " + number), channel);
    }

    private interface Call<T> {
        T run() throws IOException, ErrnoException;
    }

    private static <T> T call(Call<T> call) throws ErrnoException {
        try {
            return call.run();
        } catch (NonReadableChannelException | NonWritableChannelException e) {
            throw new ErrnoException(Errno.EBADF);
        } catch (IOException e) {
            throw new ErrnoException(errnoOf(e));
        }
    }

    @Override
    FileHandle open(AsyncSubmission.Open open, BooleanSupplier isGivenUp) throws ErrnoException {
        Path path = resolve(open.file(), open.path());
        AsyncOpenFlags flags = open.flags();
        return call(
                () -> {
                    boolean isDirectory =
                            flags.followsLinks()
                                    ? Files.isDirectory(path)
                                    : Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                    if (flags.directory() && !isDirectory) {
                        throw new ErrnoException(Files.exists(path) ? Errno.ENOTDIR : Errno.ENOENT);
                    }
                    if (isDirectory && (flags.mode() != FileMode.READ || flags.truncate())) {
                        throw new ErrnoException(Errno.EISDIR);
                    }
                    return new ChannelFile(
                            path, isDirectory ? null : FileChannel.open(path, options(flags)));
                });
    }

    private static Set<OpenOption> options(AsyncOpenFlags flags) {
        Set<OpenOption> options = new HashSet<>();
        if (flags.mode() != FileMode.WRITE && !flags.append()) {
            options.add(StandardOpenOption.READ);
        }
        if (flags.mode() != FileMode.READ) {
            options.add(StandardOpenOption.WRITE);
        }
        if (flags.create()) {
            options.add(
                    flags.exclusive() ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
        }
        if (flags.truncate()) {
            options.add(StandardOpenOption.TRUNCATE_EXISTING);
        }
        if (flags.append()) {
            options.add(StandardOpenOption.APPEND);
        }
        if (!flags.followsLinks()) {
            options.add(LinkOption.NOFOLLOW_LINKS);
        }
        if (flags.sync()) {
            options.add(StandardOpenOption.SYNC);
        }
        return options;
    }

    @Override
    Void delete(AsyncSubmission.Delete delete) throws ErrnoException {
        Path path = resolve(delete.file(), delete.path());
        return call(
                () -> {
                    boolean isDirectory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                    if (isDirectory != delete.isDirectory()
                            && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                        throw new ErrnoException(isDirectory ? Errno.EISDIR : Errno.ENOTDIR);
                    }
                    Files.delete(path);
                    return null;
                });
    }

    @Override
    Void mkdir(AsyncSubmission.Mkdir mkdir) throws ErrnoException {
        Path path = resolve(mkdir.file(), mkdir.path());
        return call(
                () -> {
                    Files.createDirectory(path);
                    return null;
                });
    }

    @Override
    Stat stat(AsyncSubmission.StatPath stat) throws ErrnoException {
        Path path =
                stat.path().isEmpty() && stat.file() != null
                        ? ((ChannelFile) stat.file()).path()
                        : resolve(stat.file(), stat.path());
        LinkOption[] links =
                stat.followsLinks()
                        ? new LinkOption[0]
                        : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        return call(() -> stat(path, links));
    }

    private static Stat stat(Path path, LinkOption... links) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            Map<String, Object> unix = Files.readAttributes(path, "unix:*", links);
            int mode = (Integer) unix.get("mode");
            return stat(
                    Files.readAttributes(path, BasicFileAttributes.class, links),
                    mode & 07777,
                    ((FileTime) unix.get("ctime")),
                    ((Number) unix.get("ino")).longValue(),
                    ((Number) unix.get("nlink")).longValue());
        }
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, links);
        return stat(basic, -1, basic.lastModifiedTime(), 0, 0);
    }

    private static Stat stat(
            BasicFileAttributes basic, int mode, FileTime changed, long inode, long links) {
        return new Stat(
                basic.size(),
                kind(basic),
                mode,
                basic.lastAccessTime().toInstant(),
                basic.lastModifiedTime().toInstant(),
                changed.toInstant(),
                basic.creationTime().toInstant(),
                inode,
                links);
    }

    private static FileKind kind(BasicFileAttributes basic) {
        if (basic.isRegularFile()) {
            return FileKind.FILE;
        } else if (basic.isDirectory()) {
            return FileKind.DIRECTORY;
        }
        return basic.isSymbolicLink() ? FileKind.SYMBOLIC_LINK : FileKind.UNKNOWN;
    }

    @Override
    Integer read(AsyncSubmission.Read read, BooleanSupplier isGivenUp) throws ErrnoException {
        FileChannel channel = channelOf(read.file());
        ByteBuffer into = read.into();
        int count =
                call(
                        () ->
                                read.offset() < 0
                                        ? channel.read(into)
                                        : channel.read(into, read.offset()));
        return Math.max(count, 0);
    }

    @Override
    Integer write(AsyncSubmission.Write write, BooleanSupplier isGivenUp) throws ErrnoException {
        FileChannel channel = channelOf(write.file());
        ByteBuffer from = write.from();
        return call(
                () ->
                        write.offset() < 0
                                ? channel.write(from)
                                : channel.write(from, write.offset()));
    }

    private static FileChannel channelOf(FileHandle file) throws ErrnoException {
        FileChannel channel = ((ChannelFile) file).channel();
        if (channel == null) {
            throw new ErrnoException(Errno.EISDIR);
        }
        return channel;
    }

    @Override
    public List<DirEntry> list(FileHandle directory) throws TardyIOException {
        Path path = resolve(directory, ".");
        List<DirEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            for (Path entry : stream) {
                BasicFileAttributes basic =
                        Files.readAttributes(
                                entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                entries.add(new DirEntry(entry.getFileName().toString(), kind(basic)));
            }
            return entries;
        } catch (IOException e) {
            int errno = errnoOf(e).number();
            throw new TardyIOException("list", ReadError.of(errno), errno);
        }
    }

    private static Path resolve(FileHandle directory, String path) {
        Path relative = Path.of(path);
        return directory == null ? relative : ((ChannelFile) directory).path().resolve(relative);
    }

    private static Errno errnoOf(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> Errno.ENOENT;
            case AccessDeniedException denied -> Errno.EACCES;
            case FileAlreadyExistsException exists -> Errno.EEXIST;
            case DirectoryNotEmptyException notEmpty -> Errno.ENOTEMPTY;
            case NotDirectoryException notDirectory -> Errno.ENOTDIR;
            case FileSystemLoopException loop -> Errno.ELOOP;
            case ClosedChannelException closed -> Errno.EBADF;
            case FileSystemException other -> byReason(other.getReason());
            default -> byReason(e.getMessage());
        };
    }

    private static Errno byReason(String reason) {
        Errno told = SystemMessages.errnoOf(reason);
        return told == Errno.UNKNOWN ? Errno.EIO : told;
    }
}
