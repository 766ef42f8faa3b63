package io.tardy.sim.disk;

import io.tardy.aio.AsyncSubmission;
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
        };
    }

    private static String nameOf(OpenFile directory, Path path) {
        return directory instanceof SimFile file
                ? file.node.path().resolve(path).toString()
                : path.toString();
    }
}
