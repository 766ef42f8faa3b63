package io.tardy.sim.disk;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.FileRequest;
import io.tardy.aio.OpenFile;
import java.nio.file.Path;

/** What an operation is about, in the words of the trace. */
final class OperationName {

    private OperationName() {}

    static String of(AsyncSubmission.OnFile submission) {
        return switch (submission) {
            case AsyncSubmission.Open open -> "open " + nameOf(open.file(), open.path());
            case AsyncSubmission.Delete delete ->
                    (delete.isDirectory() ? "delete directory " : "delete ")
                            + nameOf(delete.file(), delete.path());
            case AsyncSubmission.Mkdir mkdir ->
                    "make directory " + nameOf(mkdir.file(), mkdir.path());
            case AsyncSubmission.Rename rename ->
                    "rename "
                            + nameOf(rename.file(), rename.path())
                            + " to "
                            + nameOf(rename.file(), rename.to());
            case AsyncSubmission.Sync sync -> "sync " + sync.file();
            case AsyncSubmission.Truncate truncate ->
                    "truncate " + truncate.file() + " to " + truncate.length() + " bytes";
            case AsyncSubmission.StatPath stat -> "stat " + nameOf(stat.file(), stat.path());
            case AsyncSubmission.Read read -> "read " + read.file();
            case AsyncSubmission.Write write -> "write " + write.file();
            case AsyncSubmission.SendFile send -> "send " + send.file();
            case AsyncSubmission.CloseFile close -> "close " + close.file();
            case FileRequest.Link link ->
                    "link "
                            + nameOf(link.file(), link.path())
                            + " as "
                            + nameOf(link.file(), link.to());
            case FileRequest.Symlink link ->
                    "make link " + nameOf(link.file(), link.path()) + " to " + link.target();
            case FileRequest.Readlink link -> "read link " + nameOf(link.file(), link.path());
            case FileRequest.Chmod chmod ->
                    "chmod %s to %o".formatted(nameOf(chmod.file(), chmod.path()), chmod.mode());
            case FileRequest.Allocate allocate ->
                    "allocate %d bytes at %d of %s"
                            .formatted(allocate.length(), allocate.offset(), allocate.file());
            case FileRequest.Lock lock ->
                    "lock %s, %d bytes at %d".formatted(lock.file(), lock.length(), lock.offset());
            case FileRequest.Unlock unlock ->
                    "unlock %s, %d bytes at %d"
                            .formatted(unlock.file(), unlock.length(), unlock.offset());
        };
    }

    private static String nameOf(OpenFile directory, Path path) {
        return directory instanceof SimFile file
                ? file.node.path().resolve(path).toString()
                : path.toString();
    }
}
