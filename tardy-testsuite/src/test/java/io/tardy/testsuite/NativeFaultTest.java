package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where the system refuses a native call of ours: each once in its turn, in a JVM of its own. One
 * frame hears of it, or nobody where it makes no difference, and nothing is lost.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
class NativeFaultTest {

    private static final List<String> FILES =
            List.of(
                    "close",
                    "dup2",
                    "fallocate",
                    "fchmod",
                    "fchmodat",
                    "fcntl",
                    "fstatfs",
                    "getdents64",
                    "inotify_add_watch",
                    "inotify_init1",
                    "linkat",
                    "lseek",
                    "openat",
                    "openat2",
                    "poll",
                    "pread",
                    "preadv2",
                    "readlinkat",
                    "statx",
                    "symlinkat",
                    "write");
    private static final List<String> FILES_ON_THREADS =
            List.of("ftruncate", "mkdirat", "pwrite", "read", "renameat", "unlinkat");
    private static final List<String> SOCKETS =
            List.of(
                    "bind",
                    "getpeername",
                    "getsockname",
                    "getsockopt",
                    "recvfrom",
                    "sendfile",
                    "setsockopt");

    /** What the transport has left to do by such calls; the others are Netty's, or the JDK's. */
    private static List<String> callsOf(AsyncType async) {
        List<String> calls = new ArrayList<>(FILES);
        calls.addAll(async == AsyncType.IO_URING ? List.of() : FILES_ON_THREADS);
        calls.addAll(async == AsyncType.POLL ? List.of() : SOCKETS);
        calls.addAll(async == AsyncType.EPOLL ? List.of("connect") : List.of());
        return calls;
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void aNativeCallThatFailsIsTheBusinessOfOneFrame(AsyncType async, @TempDir Path folder)
            throws Exception {
        String said =
                OwnJvmTest.run(
                        NativeFaultMain.class,
                        List.of(OwnJvmTest.FLAG, "-XX:TieredStopAtLevel=1"),
                        OwnJvmTest.classPath(),
                        async.label(),
                        folder.toString());
        assertThat(said.lines()).as(said).hasSize(1);
        assertThat(said).startsWith("failed: {");
        assertThat(callsOf(async)).as(said).allMatch(call -> said.matches(".*\\b" + call + "=.*"));
    }
}
