package io.tardy.spi;

import java.util.Locale;

/** Says why a native library of Netty's did not load, and which artifact has it. */
public final class NativeLibrary {

    private NativeLibrary() {}

    /**
     * The sentence where Netty publishes the library for this system: Linux or macOS.
     *
     * @param artifact Netty's, without its group
     * @param os the property {@code os.name}
     * @param arch the property {@code os.arch}
     * @param failure why it did not load
     */
    public static String missing(String artifact, String os, String arch, Throwable failure) {
        return missing(
                failure,
                "add io.netty:" + artifact + " with the classifier " + classifier(os, arch));
    }

    /**
     * The sentence where it is not as simple as that.
     *
     * @param remedy what would help
     */
    public static String missing(Throwable failure, String remedy) {
        return "Netty's native library did not load (" + rootCause(failure) + "); " + remedy;
    }

    /** The failure itself, or what is behind it. */
    public static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Netty's name for such a machine's library. */
    private static String classifier(String os, String arch) {
        String system = os.toLowerCase(Locale.ROOT).contains("mac") ? "osx-" : "linux-";
        return switch (arch) {
            case "amd64", "x86_64" -> system + "x86_64";
            case "aarch64" -> system + "aarch_64";
            default -> system + arch;
        };
    }
}
