package io.tardy.aio;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation on a file or a path that a thread of the runtime's pool does, whatever the
 * transport: each is rare, and the kernel too would give it to a thread. Public for programs that
 * submit for themselves; {@code io.tardy.fs} makes them.
 *
 * @param <T> the type of the value
 * @param <E> the error enum of the operation
 */
public sealed interface FileRequest<T extends @Nullable Object, E extends Enum<E> & AsyncError>
        extends AsyncSubmission.ByThread<T, E> {

    /**
     * Give a file one more name, in a directory of the same file system. Of a symbolic link,
     * itself, on Linux. See link(2).
     *
     * @param file the directory that relative paths begin at; null for the working directory
     * @param path a name that it has
     * @param to the name that it gets, which must be free
     */
    record Link(@Nullable OpenFile file, Path path, Path to)
            implements FileRequest<@Nullable Void, LinkError> {
        public Link {
            Arguments.requireOfSystem(path);
            Arguments.requireOfSystem(to);
        }

        @Override
        public AsyncSubmission.Kind<LinkError> kind() {
            return SubmissionKinds.LINK;
        }
    }

    /**
     * Make a symbolic link; see symlink(2).
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param path its name, which must be free
     * @param target where it leads: relative to the directory that it is in, whether there is
     *     something or not
     */
    record Symlink(@Nullable OpenFile file, Path path, Path target)
            implements FileRequest<@Nullable Void, SymlinkError> {
        public Symlink {
            Arguments.requireOfSystem(path);
            Arguments.requireOfSystem(target);
        }

        @Override
        public AsyncSubmission.Kind<SymlinkError> kind() {
            return SubmissionKinds.SYMLINK;
        }
    }

    /**
     * Tell where a symbolic link leads, as it was made; see readlink(2).
     *
     * @param file the directory that a relative path begins at; null for the working directory
     */
    record Readlink(@Nullable OpenFile file, Path path)
            implements FileRequest<Path, ReadlinkError> {
        public Readlink {
            Arguments.requireOfSystem(path);
        }

        @Override
        public AsyncSubmission.Kind<ReadlinkError> kind() {
            return SubmissionKinds.READLINK;
        }
    }

    /**
     * Set the permission bits of a file or a directory; see chmod(2).
     *
     * @param file the directory that a relative path begins at; null for the working directory
     * @param path of what; a symbolic link at its end is followed; empty for {@code file} itself
     * @param mode all of them; the umask takes none
     */
    record Chmod(@Nullable OpenFile file, Path path, int mode)
            implements FileRequest<@Nullable Void, ChmodError> {
        public Chmod {
            Arguments.requireOfSystem(path);
            if ((mode & ~07777) != 0) {
                throw new IllegalArgumentException(
                        "mode: 0%o has more than permission bits, 07777".formatted(mode));
            }
        }

        @Override
        public AsyncSubmission.Kind<ChmodError> kind() {
            return SubmissionKinds.CHMOD;
        }
    }

    /**
     * Have the file system keep room for a part of a file, which becomes longer if it ends before;
     * see fallocate(2).
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes; at least 1
     */
    record Allocate(OpenFile file, long offset, long length)
            implements FileRequest<@Nullable Void, AllocateError> {
        public Allocate {
            Objects.requireNonNull(file, "file");
            Arguments.requirePart(offset, length);
        }

        @Override
        public AsyncSubmission.Kind<AllocateError> kind() {
            return SubmissionKinds.ALLOCATE;
        }
    }

    /**
     * Lock a part of a file, if that can be done at once: see {@code F_OFD_SETLK} in fcntl(2).
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes; at least 1; the file may end before
     */
    record Lock(OpenFile file, LockMode mode, long offset, long length)
            implements FileRequest<@Nullable Void, LockError> {
        public Lock {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(mode, "mode");
            Arguments.requirePart(offset, length);
        }

        @Override
        public AsyncSubmission.Kind<LockError> kind() {
            return SubmissionKinds.LOCK;
        }
    }

    /**
     * Give back what this open file has locked of a part.
     *
     * @param offset where the part begins, in bytes
     * @param length how long it is, in bytes; at least 1
     */
    record Unlock(OpenFile file, long offset, long length)
            implements FileRequest<@Nullable Void, LockError> {
        public Unlock {
            Objects.requireNonNull(file, "file");
            Arguments.requirePart(offset, length);
        }

        @Override
        public AsyncSubmission.Kind<LockError> kind() {
            return SubmissionKinds.LOCK;
        }
    }
}
