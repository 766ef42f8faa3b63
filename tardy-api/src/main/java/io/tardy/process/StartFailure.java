package io.tardy.process;

import io.tardy.aio.Errno;
import io.tardy.aio.StartError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.ChildPipe;
import io.tardy.os.ErrnoException;
import io.tardy.runtime.RuntimeThread;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Why a process did not start, in one sentence: the JDK has the number in its text only. */
final class StartFailure {

    private static final String OPERATION = "start";
    private static final Pattern NUMBER = Pattern.compile("error[=:] ?(\\d+)");
    private static final Pattern WORDS = Pattern.compile("\\(([^()]+)\\)\\s*$");

    private static final String PROC_IS_CLOSED =
            ", where it is to open its pipes: is /proc mounted, and has this JVM kept the user that"
                    + " it was started as?";

    private StartFailure() {}

    static TardyIOException of(ProcessBuilder builder, ErrnoException cause) {
        return of(builder, cause.errno(), null, cause);
    }

    /** There was no thread to wait for it, or no memory. */
    static TardyIOException of(ProcessBuilder builder, OutOfMemoryError cause) {
        boolean isOfThreads = RuntimeThread.isRefused(cause);
        Errno errno = isOfThreads ? Errno.EAGAIN : Errno.ENOMEM;
        return of(builder, errno.number(), null, cause);
    }

    static TardyIOException of(ProcessBuilder builder, IOException cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String said = String.valueOf(root.getMessage()).lines().findFirst().orElse("").strip();
        if (!(root instanceof FileNotFoundException)) {
            int errno = ofNumber(said);
            return of(builder, errno, Errno.of(errno) == Errno.UNKNOWN ? said : null, cause);
        }
        int errno = ofWords(said); // of what a stream leads to
        if (!said.startsWith(ChildPipe.NAMED)) {
            return of(builder, errno, said, cause);
        }
        return of(builder, errno, isOfProc(errno) ? said + PROC_IS_CLOSED : null, cause);
    }

    private static boolean isOfProc(int errno) {
        return List.of(Errno.EACCES, Errno.ENOENT, Errno.UNKNOWN).contains(Errno.of(errno));
    }

    private static int ofNumber(String said) {
        Matcher number = NUMBER.matcher(said);
        return number.find() ? Integer.parseInt(number.group(1)) : ofWords(said);
    }

    private static int ofWords(String said) {
        Matcher words = WORDS.matcher(said);
        return words.find() ? Math.max(Errno.ofText(words.group(1)).number(), 0) : 0;
    }

    /**
     * @param said what the JDK says, or null where the number says more
     */
    private static TardyIOException of(
            ProcessBuilder builder, int errno, @Nullable String said, Throwable cause) {
        String program = builder.command().getFirst();
        File directory = builder.directory();
        TardyIOException failure;
        if (said != null) {
            failure =
                    new TardyIOException(
                            OPERATION, StartError.class, errno, program + ", for " + said);
        } else if (isMissing(errno) && directory != null && !directory.isDirectory()) {
            failure =
                    new TardyIOException(
                            OPERATION,
                            StartError.DIRECTORY_NOT_FOUND,
                            errno,
                            program + ", for its working directory is none: " + directory);
        } else {
            failure =
                    new TardyIOException(
                            OPERATION, StartError.class, errno, program + hint(builder, errno));
        }
        failure.initCause(cause);
        return failure;
    }

    private static boolean isMissing(int errno) {
        return List.of(Errno.ENOENT, Errno.ENOTDIR).contains(Errno.of(errno));
    }

    /** What helps; begins with a comma, or is empty. */
    private static String hint(ProcessBuilder builder, int errno) {
        return switch (Errno.of(errno)) {
            case ENOENT, ENOTDIR -> {
                String program = builder.command().getFirst();
                boolean isSearched = program.indexOf('/') < 0;
                File directory = builder.directory();
                if (isSearched ? isInPath(program, directory) : isThere(program, directory)) {
                    yield ", whose interpreter or loader is missing: see its first line, or ldd";
                }
                yield isSearched
                        ? ", which no directory of PATH has" + whosePath(builder)
                        : ", which is not there";
            }
            case EACCES, EPERM ->
                    ", which this user may not execute: chmod +x it, and look at its folders, and"
                            + " at noexec among the mount options";
            case EAGAIN ->
                    ", for as many processes and threads run as may: raise ulimit -u or pids.max";
            case EMFILE -> ", for no descriptor is left: raise ulimit -n";
            case ENOMEM -> ", for the system has no memory for another process";
            case E2BIG -> ", whose arguments and environment are too long together";
            case ETXTBSY -> ", which a process still has open to write";
            default -> "";
        };
    }

    /** The JDK searches that of this program, whatever the process is given. */
    private static String whosePath(ProcessBuilder builder) {
        boolean isSame = Objects.equals(builder.environment().get("PATH"), System.getenv("PATH"));
        return isSame ? "" : ": that of this JVM, not the builder's";
    }

    /** An empty entry of PATH is the directory where the process begins. */
    private static boolean isInPath(String program, @Nullable File directory) {
        String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
        return Arrays.stream(path.split(File.pathSeparator))
                .map(folder -> (folder.isEmpty() ? "." : folder) + "/" + program)
                .anyMatch(file -> isThere(file, directory));
    }

    /** A path that is not absolute begins where the process does. */
    private static boolean isThere(String program, @Nullable File directory) {
        File file = new File(program);
        return (file.isAbsolute() ? file : new File(directory, program)).exists();
    }
}
