package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

/** Each cause has its own sentence; {@code .ci/starting} makes them happen. */
class NativeLibraryTest {

    private static String explain(Throwable cause) {
        UnsatisfiedLinkError failure = new UnsatisfiedLinkError("could not load a native library");
        failure.initCause(cause);
        assertThat(NativeLibrary.isLoadFailure(failure)).isTrue();
        String sentence =
                NativeLibrary.missing("netty-transport-native-epoll", "Linux", "amd64", failure);
        assertThat(sentence)
                .startsWith("Netty's native library did not load (")
                .contains(String.valueOf(cause.getMessage()))
                .doesNotContain("\n");
        return sentence;
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsToBeReplaced() {
        assertThat(explain(new FileSystemException("lib.so", null, "Read-only file system")))
                .contains("cannot be written")
                .contains("-Dio.netty.native.workdir=DIR");
        assertThat(explain(new IOException("File too large")))
                .contains("-Dio.netty.native.workdir=DIR");
    }

    @Test
    void theLimitOfDescriptorsIsToBeRaised() {
        for (Exception cause :
                new Exception[] {
                    new FileSystemException("lib.so", null, "Too many open files"),
                    new FileNotFoundException("lib.so (Too many open files)"),
                    new IOException("Too many open files in system")
                }) {
            assertThat(explain(cause))
                    .contains("raise the limit that ulimit -n shows")
                    .doesNotContain("workdir");
        }
    }

    @Test
    void aDirectoryThatNothingIsLoadedFromIsToBeReplaced() {
        assertThat(explain(new UnsatisfiedLinkError("lib.so: failed to map segment from object")))
                .contains("mounted noexec")
                .contains("-Dio.netty.native.workdir=DIR");
    }

    @Test
    void nativeAccessThatIsForbiddenIsToBeAllowed() {
        assertThat(explain(new IllegalCallerException("Illegal native access from a module")))
                .contains("--enable-native-access=");
    }

    @Test
    void twoVersionsAreNamed() {
        assertThat(
                        explain(
                                new IllegalStateException(
                                        "Multiple resources found for 'META-INF/native/lib.so'")))
                .contains("two versions");
    }

    @Test
    void anotherLibcIsNamed() {
        assertThat(
                        explain(
                                new UnsatisfiedLinkError(
                                        "Error loading shared library ld-linux-x86-64.so.2")))
                .contains("glibc")
                .contains("use poll");
    }

    @Test
    void oneThatIsNowhereIsToBeAdded() {
        assertThat(explain(new FileNotFoundException("META-INF/native/lib.so")))
                .contains("io.netty:netty-transport-native-epoll with the classifier linux-x86_64")
                .contains("module io.netty.transport.epoll.linux.x86_64")
                .contains("--add-modules");
    }

    @Test
    void whatTheKernelRefusesIsNoFailureOfTheLibrary() {
        assertThat(NativeLibrary.isLoadFailure(new RuntimeException("Operation not permitted")))
                .isFalse();
    }
}
