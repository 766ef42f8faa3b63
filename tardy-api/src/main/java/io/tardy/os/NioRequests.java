package io.tardy.os;

import io.tardy.aio.Errno;
import io.tardy.aio.FileRequest;
import io.tardy.aio.LockMode;
import io.tardy.aio.OpenFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotLinkException;
import java.nio.file.Path;

/**
 * {@link RequestCalls} through the JDK. It has no call that keeps room for a file, and its locks
 * are the process's: others of the same process that lock the file are seen by the JDK alone.
 */
final class NioRequests implements RequestCalls {

    private interface Call<T> {
        T run() throws IOException, ErrnoException;
    }

    private static <T> T call(Call<T> call) throws ErrnoException {
        try {
            return call.run();
        } catch (UnsupportedOperationException e) {
            throw new ErrnoException(Errno.EOPNOTSUPP);
        } catch (NotLinkException e) {
            throw new ErrnoException(Errno.EINVAL);
        } catch (IOException | NonReadableChannelException | NonWritableChannelException e) {
            throw new ErrnoException(SystemErrors.errnoOf(e));
        }
    }

    @Override
    public Void link(FileRequest.Link request) throws ErrnoException {
        Path path = NioFileCalls.resolve(request.file(), request.path());
        Path to = NioFileCalls.resolve(request.file(), request.to());
        return call(
                () -> {
                    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                        throw new ErrnoException(Errno.EPERM);
                    }
                    Files.createLink(to, path);
                    return null;
                });
    }

    @Override
    public Void symlink(FileRequest.Symlink request) throws ErrnoException {
        Path path = NioFileCalls.resolve(request.file(), request.path());
        return call(
                () -> {
                    Files.createSymbolicLink(path, request.target());
                    return null;
                });
    }

    @Override
    public Path readlink(FileRequest.Readlink request) throws ErrnoException {
        Path path = NioFileCalls.resolve(request.file(), request.path());
        return call(() -> Files.readSymbolicLink(path));
    }

    /** Where the file system has no others, those of the owner, the group and the rest. */
    @Override
    public Void chmod(FileRequest.Chmod request) throws ErrnoException {
        Path path =
                request.path().toString().isEmpty() && request.file() != null
                        ? ((ChannelFile) request.file()).path()
                        : NioFileCalls.resolve(request.file(), request.path());
        return call(
                () -> {
                    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                        Files.setAttribute(path, "unix:mode", request.mode());
                    } else {
                        Files.setPosixFilePermissions(
                                path, NioFileCalls.permissions(request.mode()));
                    }
                    return null;
                });
    }

    @Override
    public Void allocate(FileRequest.Allocate request) throws ErrnoException {
        throw new ErrnoException(Errno.EOPNOTSUPP);
    }

    @Override
    public Void lock(FileRequest.Lock request) throws ErrnoException {
        ChannelFile file = channelFile(request.file());
        return call(
                () -> {
                    FileLock lock = tryLock(file.channel(), request);
                    if (lock == null) {
                        throw new ErrnoException(Errno.EAGAIN);
                    }
                    file.addLock(lock);
                    return null;
                });
    }

    /** Null if others have it, in this process or in another one. */
    private static FileLock tryLock(FileChannel channel, FileRequest.Lock request)
            throws IOException {
        try {
            boolean isShared = request.mode() == LockMode.SHARED;
            return channel.tryLock(request.offset(), request.length(), isShared);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** The JDK gives back whole locks only; those that lie in the part. */
    @Override
    public Void unlock(FileRequest.Unlock request) throws ErrnoException {
        ChannelFile file = channelFile(request.file());
        return call(
                () -> {
                    for (FileLock lock : file.takeLocks(request.offset(), request.length())) {
                        lock.release();
                    }
                    return null;
                });
    }

    /** A directory has no channel: Linux, which lets one be read, would have it shared. */
    private static ChannelFile channelFile(OpenFile file) throws ErrnoException {
        ChannelFile channelFile = (ChannelFile) file;
        if (channelFile.channel() == null) {
            throw new ErrnoException(Errno.EBADF);
        }
        return channelFile;
    }
}
