package io.tardy.os;

import io.tardy.aio.AsyncOpenFlags;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.DirEntry;
import io.tardy.aio.Errno;
import io.tardy.aio.FileKind;
import io.tardy.aio.FileMode;
import io.tardy.aio.OpenFile;
import io.tardy.aio.ReadError;
import io.tardy.aio.Stat;
import io.tardy.aio.TardyIOException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * {@link FileCalls} through the JDK, for systems that are not Linux. The JDK does not tell error
 * numbers; they follow from its exceptions, and where it is not in English that may be {@code EIO}.
 *
 * <p>What differs, for the JDK has no calls for it:
 *
 * <ul>
 *   <li>A directory is its path: renaming it loses what is relative to it. So does an open file
 *       when it is asked for its {@code Stat}. That a directory may be read is found out when it
 *       is.
 *   <li>An open, read or write that waits for another process (a FIFO's other end, a terminal)
 *       cannot be cancelled: a frame that is cancelled or late goes on when the wait is over, and
 *       keeps a thread until then. Closing the file from elsewhere ends a read or a write, but not
 *       an open.
 *   <li>What is opened to read and append can only append.
 *   <li>Permission bits of what is made count where the file system has them, without the three
 *       before the owner's.
 * </ul>
 */
final class NioFileCalls extends FileCalls {

    private final RequestCalls requests = new NioRequests();

    @Override
    protected RequestCalls requests() {
        return requests;
    }

    @Override
    public FileHandle standard(int number) {
        FileChannel channel =
                switch (number) {
                    case 0 -> new FileInputStream(FileDescriptor.in).getChannel();
                    case 1 -> new FileOutputStream(FileDescriptor.out).getChannel();
                    default -> new FileOutputStream(FileDescriptor.err).getChannel();
                };
        return new ChannelFile(
                Path.of("standard stream " + number),
                channel,
                FileHandle.CurrentPosition.SYSTEMS,
                true);
    }

    private static final int ZEROS_BYTES = 64 * 1024;

    private interface Call<T> {
        T run() throws IOException, ErrnoException;
    }

    private static <T> T call(Call<T> call) throws ErrnoException {
        try {
            return call.run();
        } catch (IOException | NonReadableChannelException | NonWritableChannelException e) {
            throw new ErrnoException(SystemErrors.errnoOf(e));
        }
    }

    @Override
    protected FileHandle open(AsyncSubmission.Open open, BooleanSupplier isCancelled)
            throws ErrnoException {
        Path path = resolve(open.file(), open.path());
        AsyncOpenFlags flags = open.flags();
        if (flags.direct() || flags.unnamed()) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        }
        LinkOption[] links = links(flags.followsLinks());
        return call(
                () -> {
                    if (flags.directory()) {
                        requireDirectory(path, links);
                    }
                    if (!Files.isDirectory(path, links)) {
                        boolean waits = Files.exists(path) && !Files.isRegularFile(path);
                        if (waits) {
                            requireWanted(isCancelled);
                        }
                        return new ChannelFile(
                                path,
                                openChannel(path, flags),
                                currentPosition(path, flags),
                                waits);
                    }
                    if (flags.create() && flags.exclusive()) {
                        throw new ErrnoException(Errno.EEXIST);
                    }
                    if (flags.mode() != FileMode.READ || flags.create() || flags.truncate()) {
                        throw new ErrnoException(Errno.EISDIR);
                    }
                    return new ChannelFile(path, null, FileHandle.CurrentPosition.NONE, false);
                });
    }

    /** The channel knows it of what is no regular file, and of what is appended to. */
    private static FileHandle.CurrentPosition currentPosition(Path path, AsyncOpenFlags flags) {
        return !flags.append() && Files.isRegularFile(path)
                ? FileHandle.CurrentPosition.OURS
                : FileHandle.CurrentPosition.SYSTEMS;
    }

    private static void requireDirectory(Path path, LinkOption... links)
            throws IOException, ErrnoException {
        if (!Files.readAttributes(path, BasicFileAttributes.class, links).isDirectory()) {
            throw new ErrnoException(Errno.ENOTDIR);
        }
    }

    /**
     * Does itself what the JDK refuses or ignores: to make what is only read, to empty and append.
     */
    private static FileChannel openChannel(Path path, AsyncOpenFlags flags) throws IOException {
        FileAttribute<?>[] permissions = permissions(path, flags.permissions());
        if (flags.create() && flags.mode() == FileMode.READ) {
            try {
                Files.createFile(path, permissions);
            } catch (FileAlreadyExistsException e) {
                if (flags.exclusive()) {
                    throw e;
                }
            }
        }
        FileChannel channel = FileChannel.open(path, options(flags), permissions);
        if (flags.append() && flags.truncate()) {
            channel.truncate(0);
        }
        return channel;
    }

    private static FileAttribute<?>[] permissions(Path path, int mode) {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions(mode))};
    }

    static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & 0400 >> permission.ordinal()) != 0) { // in the order of the bits
                permissions.add(permission);
            }
        }
        return permissions;
    }

    private static LinkOption[] links(boolean followsLinks) {
        return followsLinks ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
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
        if (flags.truncate() && !flags.append()) {
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
    protected Void delete(AsyncSubmission.Delete delete) throws ErrnoException {
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
    protected Void mkdir(AsyncSubmission.Mkdir mkdir) throws ErrnoException {
        Path path = resolve(mkdir.file(), mkdir.path());
        return call(
                () -> {
                    Files.createDirectory(path, permissions(path, mkdir.mode()));
                    return null;
                });
    }

    @Override
    protected Void rename(AsyncSubmission.Rename rename) throws ErrnoException {
        Path from = resolve(rename.file(), rename.path());
        Path to = resolve(rename.file(), rename.to());
        return call(
                () -> {
                    try {
                        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                    } catch (AtomicMoveNotSupportedException e) {
                        throw new ErrnoException(Errno.EXDEV);
                    }
                    return null;
                });
    }

    /** A directory is opened for it: the JDK has no channel of one that stays. */
    @Override
    protected Void sync(AsyncSubmission.Sync sync) throws ErrnoException {
        ChannelFile file = (ChannelFile) sync.file();
        return call(
                () -> {
                    if (file.channel() != null) {
                        file.channel().force(!sync.isDataOnly());
                    } else {
                        try (FileChannel directory =
                                FileChannel.open(file.path(), StandardOpenOption.READ)) {
                            directory.force(!sync.isDataOnly());
                        }
                    }
                    return null;
                });
    }

    /** The JDK makes files shorter only; longer they become by a write at their new end. */
    @Override
    protected Void truncate(AsyncSubmission.Truncate truncate) throws ErrnoException {
        ChannelFile file = (ChannelFile) truncate.file();
        FileChannel channel = file.channel();
        if (channel == null || !Files.isRegularFile(file.path())) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return call(
                () -> {
                    try {
                        channel.truncate(truncate.length());
                        for (long size; (size = channel.size()) < truncate.length(); ) {
                            long missing = truncate.length() - size;
                            int length = (int) Math.min(missing, ZEROS_BYTES);
                            channel.write(ByteBuffer.allocate(length), size);
                        }
                    } catch (NonWritableChannelException e) {
                        throw new ErrnoException(Errno.EINVAL);
                    }
                    return null;
                });
    }

    @Override
    protected Stat stat(AsyncSubmission.StatPath stat) throws ErrnoException {
        Path path =
                stat.path().toString().isEmpty() && stat.file() != null
                        ? ((ChannelFile) stat.file()).path()
                        : resolve(stat.file(), stat.path());
        LinkOption[] links = links(stat.followsLinks());
        return call(() -> stat(path, links));
    }

    private static Stat stat(Path path, LinkOption... links) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, links);
        boolean isUnix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        Map<String, Object> unix = isUnix ? Files.readAttributes(path, "unix:*", links) : Map.of();
        int mode = (Integer) unix.getOrDefault("mode", -1);
        FileTime changed = (FileTime) unix.getOrDefault("ctime", basic.lastModifiedTime());
        return new Stat(
                basic.size(),
                isUnix ? LinuxFiles.kind(mode) : kind(basic),
                isUnix ? mode & 07777 : -1,
                basic.lastAccessTime().toInstant(),
                basic.lastModifiedTime().toInstant(),
                changed.toInstant(),
                basic.creationTime().toInstant(),
                number(unix, "ino", 0),
                number(unix, "nlink", 0),
                number(unix, "dev", 0),
                -1, // the JDK does not tell
                -1,
                (int) number(unix, "uid", -1),
                (int) number(unix, "gid", -1));
    }

    private static long number(Map<String, Object> unix, String name, long unknown) {
        return ((Number) unix.getOrDefault(name, unknown)).longValue();
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
    protected Integer read(AsyncSubmission.Read read, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        FileChannel channel = channelOf(read.file(), Errno.EISDIR, isCancelled);
        ByteBuffer into = read.buffer();
        int count = call(() -> offset < 0 ? channel.read(into) : channel.read(into, offset));
        return Math.max(count, 0);
    }

    @Override
    protected Integer write(AsyncSubmission.Write write, long offset, BooleanSupplier isCancelled)
            throws ErrnoException {
        FileChannel channel = channelOf(write.file(), Errno.EBADF, isCancelled);
        ByteBuffer from = write.buffer();
        return call(() -> offset < 0 ? channel.write(from) : channel.write(from, offset));
    }

    /** Nobody can tell whether what may wait will. */
    private static FileChannel channelOf(
            OpenFile file, Errno ofDirectory, BooleanSupplier isCancelled) throws ErrnoException {
        FileChannel channel = ((ChannelFile) file).channel();
        if (channel == null) {
            throw new ErrnoException(ofDirectory);
        }
        if (((ChannelFile) file).waits()) {
            requireWanted(isCancelled);
        }
        return channel;
    }

    @Override
    public List<DirEntry> list(FileHandle directory) throws TardyIOException {
        Path path = resolve(directory, Path.of("."));
        List<DirEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            for (Path entry : stream) {
                entries.add(new DirEntry(entry.getFileName(), kindOfEntry(entry)));
            }
            return entries;
        } catch (DirectoryIteratorException e) {
            throw listFailed(e.getCause());
        } catch (IOException e) {
            throw listFailed(e);
        }
    }

    private static TardyIOException listFailed(IOException e) {
        int errno = SystemErrors.errnoOf(e);
        return new TardyIOException("list", ReadError.class, errno);
    }

    /** Unknown for one that is gone already. */
    private static FileKind kindOfEntry(Path entry) throws IOException {
        try {
            return kind(
                    Files.readAttributes(
                            entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return FileKind.UNKNOWN;
        }
    }

    static Path resolve(OpenFile directory, Path path) {
        return directory == null ? path : ((ChannelFile) directory).path().resolve(path);
    }
}
