package io.tardy.os;

import io.tardy.aio.FileRequest;
import java.nio.file.Path;

/** How a system does what only threads do with files; may be used by any thread. */
public interface RequestCalls {

    /**
     * Does a request, and returns its value.
     *
     * @throws ErrnoException if the system refuses
     */
    default Object run(FileRequest<?, ?> request) throws ErrnoException {
        return switch (request) {
            case FileRequest.Link link -> link(link);
            case FileRequest.Symlink symlink -> symlink(symlink);
            case FileRequest.Readlink readlink -> readlink(readlink);
            case FileRequest.Chmod chmod -> chmod(chmod);
            case FileRequest.Allocate allocate -> allocate(allocate);
            case FileRequest.Lock lock -> lock(lock);
            case FileRequest.Unlock unlock -> unlock(unlock);
        };
    }

    Void link(FileRequest.Link link) throws ErrnoException;

    Void symlink(FileRequest.Symlink symlink) throws ErrnoException;

    Path readlink(FileRequest.Readlink readlink) throws ErrnoException;

    Void chmod(FileRequest.Chmod chmod) throws ErrnoException;

    Void allocate(FileRequest.Allocate allocate) throws ErrnoException;

    Void lock(FileRequest.Lock lock) throws ErrnoException;

    Void unlock(FileRequest.Unlock unlock) throws ErrnoException;
}
