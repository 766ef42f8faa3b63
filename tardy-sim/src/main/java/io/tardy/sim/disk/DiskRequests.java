package io.tardy.sim.disk;

import io.tardy.aio.Errno;
import io.tardy.aio.FileMode;
import io.tardy.aio.FileRequest;
import io.tardy.aio.LockMode;
import io.tardy.os.ErrnoException;
import io.tardy.os.PathBytes;
import io.tardy.os.RequestCalls;
import java.nio.file.Path;

/**
 * {@link RequestCalls} of a simulated disk. Its files have one name at a time: like FAT it has no
 * hard links, and refuses each with EPERM.
 */
final class DiskRequests implements RequestCalls {

    private final Disk disk;
    final DiskLocks locks = new DiskLocks();

    DiskRequests(Disk disk) {
        this.disk = disk;
    }

    private void mayFail() throws ErrnoException {
        disk.mayFail("path error", disk.faults.pathErrorChance());
    }

    /** In the order in which Linux finds what is wrong. */
    @Override
    public Void link(FileRequest.Link link) throws ErrnoException {
        Node start = disk.start(link.file());
        disk.tree.find(start, link.path(), false).existing();
        if (disk.tree.find(start, link.to(), false).node() != null) {
            throw new ErrnoException(Errno.EEXIST);
        }
        throw new ErrnoException(Errno.EPERM);
    }

    @Override
    public Void symlink(FileRequest.Symlink symlink) throws ErrnoException {
        if (symlink.target().toString().isEmpty()) {
            throw new ErrnoException(Errno.ENOENT);
        } else if (PathBytes.of(symlink.target()).length >= Content.PAGE_BYTES) {
            throw new ErrnoException(Errno.ENAMETOOLONG);
        }
        Tree.Place place = disk.tree.find(disk.start(symlink.file()), symlink.path(), false);
        mayFail();
        if (place.node() != null) {
            throw new ErrnoException(Errno.EEXIST);
        }
        disk.tree.addLink(place, symlink.target());
        Path made = place.parent().path().resolve(place.name());
        disk.trace("make link " + made + " to " + symlink.target());
        return null;
    }

    @Override
    public Path readlink(FileRequest.Readlink readlink) throws ErrnoException {
        Node node = disk.tree.find(disk.start(readlink.file()), readlink.path(), false).existing();
        mayFail();
        if (!(node instanceof Node.Link link)) {
            throw new ErrnoException(Errno.EINVAL);
        }
        disk.trace("read link " + link.path());
        return link.target;
    }

    @Override
    public Void chmod(FileRequest.Chmod chmod) throws ErrnoException {
        Node start = disk.start(chmod.file());
        Node node =
                chmod.path().toString().isEmpty()
                        ? start
                        : disk.tree.find(start, chmod.path(), true).existing();
        mayFail();
        node.mode = chmod.mode();
        node.changed = disk.clock.instant();
        disk.trace("chmod %s to %o".formatted(node.path(), chmod.mode()));
        return null;
    }

    @Override
    public Void allocate(FileRequest.Allocate allocate) throws ErrnoException {
        SimFile file = disk.require(allocate.file());
        if (file.flags.mode() == FileMode.READ) { // as every directory
            throw new ErrnoException(Errno.EBADF);
        } else if (allocate.length() > Content.BYTES_MAX - allocate.offset()) {
            throw new ErrnoException(Errno.EFBIG);
        }
        disk.mayFail("write error", disk.faults.writeErrorChance());
        Node.File node = (Node.File) file.node;
        long capacity = disk.faults.capacityBytes();
        if (!disk.space.allocate(node, allocate.offset(), allocate.length(), capacity)) {
            throw new ErrnoException(Errno.ENOSPC);
        }
        disk.trace(
                "allocate %d bytes at %d of %s"
                        .formatted(allocate.length(), allocate.offset(), node.path()));
        return null;
    }

    @Override
    public Void lock(FileRequest.Lock lock) throws ErrnoException {
        SimFile file = disk.require(lock.file());
        FileMode unfit = lock.mode() == LockMode.SHARED ? FileMode.WRITE : FileMode.READ;
        if (file.flags.mode() == unfit) {
            throw new ErrnoException(Errno.EBADF);
        }
        if (!locks.tryLock(file, lock.mode(), lock.offset(), last(lock.offset(), lock.length()))) {
            throw new ErrnoException(Errno.EAGAIN);
        }
        disk.trace("lock " + file);
        return null;
    }

    @Override
    public Void unlock(FileRequest.Unlock unlock) throws ErrnoException {
        SimFile file = disk.require(unlock.file());
        locks.unlock(file, unlock.offset(), last(unlock.offset(), unlock.length()));
        disk.trace("unlock " + file);
        return null;
    }

    private static long last(long offset, long length) {
        return offset + length - 1;
    }
}
