package io.tardy.transport.iouring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IoUringRefusalTest {

    private static String explain(Throwable cause, String sysctl) {
        String sentence = IoUringRefusal.explain(cause, sysctl, "5.10.0");
        assertThat(sentence).doesNotContain("\n").doesNotEndWith(".");
        return sentence;
    }

    private static String explain(String message) {
        return explain(new RuntimeException(message), "");
    }

    @Test
    void theSysctlIsNamedWithTheWayOut() {
        assertThat(explain(new RuntimeException("Operation not permitted"), "2"))
                .contains("kernel.io_uring_disabled is 2")
                .contains("set it to 0");
    }

    @Test
    void aForbiddenSystemCallPointsToSeccomp() {
        assertThat(explain("io_uring_setup(..) failed with error(-1): Operation not permitted"))
                .contains("EPERM")
                .contains("seccomp")
                .contains("allow io_uring_setup, io_uring_enter and io_uring_register");
        assertThat(explain("failed with error(-38): Function not implemented"))
                .contains("ENOSYS")
                .contains("seccomp");
    }

    @Test
    void wantOfLockedMemoryPointsToItsLimit() {
        assertThat(explain("io_uring_setup failed with error(-12): Cannot allocate memory"))
                .contains("ENOMEM")
                .contains("ulimit -l");
    }

    @Test
    void wantOfDescriptorsPointsToTheirLimit() {
        assertThat(explain("io_uring_setup failed with error(-24): Too many open files"))
                .contains("EMFILE")
                .contains("ulimit -n");
    }

    @Test
    void aMissingLibraryNamesTheArtifact() {
        assertThat(explain(new UnsatisfiedLinkError("no netty in java.library.path"), "0"))
                .contains("io.netty:netty-transport-native-io_uring with the classifier linux-");
    }

    @Test
    void anOldKernelIsNamed() {
        assertThat(explain("you need at least kernel version 5.9"))
                .contains("5.10.0")
                .contains("you need at least");
    }

    @Test
    void sizesOfRingsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IoUringTransport(0, 64))
                .withMessageContaining("submissions: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IoUringTransport(64, 32))
                .withMessageContaining("completions: 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IoUringTransport(64, 100))
                .withMessageContaining("power of two");
    }
}
