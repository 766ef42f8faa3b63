package io.tardy.transport.iouring;

import io.tardy.os.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Puts into one sentence why io_uring cannot be used here, and what would change that. */
final class IoUringRefusal {

    private static final Path SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

    private IoUringRefusal() {}

    static String explain(Throwable failure) {
        String os = System.getProperty("os.name");
        if (!os.toLowerCase(Locale.ROOT).contains("linux")) {
            return "io_uring is Linux's, and this is " + os + "; use kqueue or poll";
        }
        return explain(failure, sysctl(), System.getProperty("os.version"));
    }

    /**
     * @param sysctl the value of kernel.io_uring_disabled, or an empty string where there is none
     */
    static String explain(Throwable failure, String sysctl, String kernel) {
        if (NativeLibrary.isLoadFailure(failure)) {
            return NativeLibrary.missing(
                    "netty-transport-native-io_uring",
                    System.getProperty("os.name"),
                    System.getProperty("os.arch"),
                    failure);
        }
        String message = String.valueOf(NativeLibrary.rootCause(failure).getMessage());
        if (sysctl.equals("1") || sysctl.equals("2")) {
            return "the sysctl kernel.io_uring_disabled is "
                    + sysctl
                    + (sysctl.equals("1") ? ", which forbids it to ordinary processes" : "")
                    + "; an administrator can set it to 0";
        }
        if (message.contains("Cannot allocate memory")) {
            return "the kernel would not lock memory for a runtime's ring (ENOMEM); raise the limit"
                    + " that ulimit -l shows, or use fewer runtimes or smaller rings";
        }
        if (message.contains("Too many open files")) {
            return "no descriptor is left for a runtime's ring (EMFILE or ENFILE); raise the limit"
                    + " that ulimit -n shows, or use fewer runtimes";
        }
        if (message.contains("Operation not permitted")) {
            return "the kernel refuses the system call io_uring_setup (EPERM), as the seccomp"
                    + " profiles of containers do; allow io_uring_setup, io_uring_enter and"
                    + " io_uring_register in the profile";
        }
        if (message.contains("Function not implemented")) {
            return "there is no system call io_uring_setup here (ENOSYS, kernel "
                    + kernel
                    + "): the kernel was built without it, or a seccomp profile hides it; allow"
                    + " io_uring_setup, io_uring_enter and io_uring_register";
        }
        return "the kernel ("
                + kernel
                + ") does not offer what Netty needs ("
                + message
                + "); Linux 5.15 or newer does";
    }

    /** When Netty first looked, and no more. */
    static String ringWasRefused(Throwable failure) {
        return "the kernel refused a ring when Netty first looked ("
                + failure.getMessage()
                + "), and Netty does not look again; raise the limit that ulimit -l shows, and"
                + " start anew";
    }

    static String tooOld(String kernel) {
        return "the kernel ("
                + kernel
                + ") does not know all operations that are needed; Linux 5.15 or newer does";
    }

    private static String sysctl() {
        try {
            return Files.readString(SYSCTL).strip();
        } catch (IOException e) {
            return ""; // kernels before 6.6 have no such switch
        }
    }
}
