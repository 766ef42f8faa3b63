package io.tardy.os;

import io.netty.util.internal.NativeLibraryLoader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says why a native library of Netty's did not load, and what would help. Netty unpacks it from its
 * jar into a directory, and has the JVM load it from there; each step has its own causes.
 */
public final class NativeLibrary {

    private static final String WORKDIR = "io.netty.native.workdir";

    private static final String NO_NATIVE = "io.netty.transport.noNative";

    /** Written so that a tool which relocates classes leaves it as it is. */
    private static final String NETTYS_PACKAGE = String.join(".", "io", "netty", "");

    /** More than it takes to unpack a library of Netty's, and to find out what the system has. */
    private static final int DESCRIPTORS = 16;

    private static final String RAISE_LIMIT = "raise the limit that ulimit -n shows";

    private NativeLibrary() {}

    /**
     * To be asked before Netty's library is first used, for Netty tries to load it only once.
     *
     * @return why it cannot be loaded for now, or nothing
     */
    public static Optional<String> missingForNow() {
        if (Boolean.getBoolean(NO_NATIVE)) {
            return Optional.of(
                    "-D"
                            + NO_NATIVE
                            + "=true keeps Netty from its native libraries: take it away, or use"
                            + " poll");
        }
        return FreeDescriptors.areThere(DESCRIPTORS)
                ? Optional.empty()
                : Optional.of(
                        "too few descriptors are left to load Netty's native library (Too many open"
                                + " files); "
                                + RAISE_LIMIT);
    }

    /**
     * The sentence where Netty publishes the library for this system: Linux or macOS.
     *
     * @param artifact Netty's, without its group
     * @param os the property {@code os.name}
     * @param arch the property {@code os.arch}
     * @param failure why it did not load
     */
    public static String missing(String artifact, String os, String arch, Throwable failure) {
        return missing(failure, remedy(artifact, classifier(os, arch)));
    }

    /**
     * The sentence where it is not as simple as that.
     *
     * @param remedy what would help if the library is nowhere
     */
    public static String missing(Throwable failure, String remedy) {
        List<Throwable> all = allOf(failure);
        Throwable cause = rootCause(failure);
        String specific = remedy(all, cause);
        return "Netty's native library did not load ("
                + cause
                + "); "
                + (specific == null ? remedy : specific);
    }

    /** Whether it failed for the library, not for what the library found out of the system. */
    public static boolean isLoadFailure(Throwable failure) {
        return allOf(failure).stream()
                .anyMatch(
                        cause ->
                                cause instanceof LinkageError
                                        || cause instanceof ClassNotFoundException
                                        || cause instanceof FileNotFoundException
                                        || cause instanceof FileSystemException
                                        || cause instanceof IllegalCallerException
                                        || isFoundTwice(cause));
    }

    private static String remedy(List<Throwable> all, Throwable cause) {
        if (isAny(all, NativeLibrary::isShortOfDescriptors)) {
            return "no descriptor was left when it was first needed, and Netty does not try again: "
                    + RAISE_LIMIT
                    + ", and start anew";
        } else if (isAny(all, IllegalCallerException.class::isInstance)) {
            return "this JVM forbids native access: add --enable-native-access="
                    + (NativeLibraryLoader.class.getModule().isNamed()
                            ? "io.netty.common,io.tardy"
                            : "ALL-UNNAMED")
                    + ", or take --illegal-native-access=deny away";
        } else if (isAny(all, NativeLibrary::isFoundTwice)) {
            return "there are two versions of it: leave one version of Netty on the class path";
        } else if (isAny(all, NativeLibrary::isNotExecutable)) {
            return "no library may be loaded from "
                    + place()
                    + ", which is mounted noexec; "
                    + adviseOtherPlace();
        } else if (isUnpackingFailure(cause)) {
            return "it is unpacked into "
                    + place()
                    + ", where it cannot be written: make that possible, or "
                    + adviseOtherPlace();
        } else if (isAny(all, NativeLibrary::isOfAnotherLibc)) {
            return "it is built for glibc, and this system has another C library (as Alpine's"
                    + " musl): use poll, or an image with glibc";
        } else if (!NativeLibraryLoader.class.getName().startsWith(NETTYS_PACKAGE)) {
            return "Netty's classes were relocated, which works with a prefix before io.netty only,"
                    + " and if the file META-INF/native/libnetty_... in the jar has that prefix"
                    + " before \"netty\" too, with _ for each dot";
        }
        return null;
    }

    private static String remedy(String artifact, String classifier) {
        if (!NativeLibrary.class.getModule().isNamed()) {
            return "add io.netty:" + artifact + " with the classifier " + classifier;
        }
        String module =
                "io.netty."
                        + artifact.substring("netty-".length())
                                .replace("-native-", ".")
                                .replace('-', '.')
                        + "."
                        + classifier.replace('-', '.');
        return "the module "
                + module
                + " (io.netty:"
                + artifact
                + " with the classifier "
                + classifier
                + ") is not resolved: put it on the module path, and add it with --add-modules, of"
                + " jlink too";
    }

    private static boolean isAny(List<Throwable> all, Predicate<Throwable> predicate) {
        return all.stream().anyMatch(predicate);
    }

    private static boolean isShortOfDescriptors(Throwable cause) {
        return mentions(cause, "too many open files")
                || mentions(cause, "no file descriptors available");
    }

    private static boolean isFoundTwice(Throwable cause) {
        return mentions(cause, "multiple resources found");
    }

    private static boolean isNotExecutable(Throwable cause) {
        return mentions(cause, "failed to map segment") || mentions(cause, "noexec");
    }

    private static boolean isOfAnotherLibc(Throwable cause) {
        return cause instanceof UnsatisfiedLinkError
                && (mentions(cause, "ld-linux")
                        || mentions(cause, "error relocating")
                        || mentions(cause, "symbol not found")
                        || mentions(cause, "version `glibc"));
    }

    /** It was found, and could not be put where it is loaded from. */
    private static boolean isUnpackingFailure(Throwable cause) {
        if (cause instanceof FileSystemException) {
            return true;
        }
        return cause instanceof IOException && !(cause instanceof FileNotFoundException);
    }

    private static boolean mentions(Throwable cause, String what) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains(what);
    }

    /** The directory that Netty unpacks its libraries into. */
    private static Path place() {
        String named = System.getProperty(WORKDIR);
        return Path.of(named == null ? System.getProperty("java.io.tmpdir") : named);
    }

    /** Where Netty unpacks its libraries, and whether it can write there. */
    public static String describePlace() {
        Path place = place();
        return Files.isDirectory(place) && Files.isWritable(place)
                ? "are unpacked into " + place
                : "cannot be unpacked into " + place + "; " + adviseOtherPlace();
    }

    private static String adviseOtherPlace() {
        return "name another directory with -D" + WORKDIR + "=DIR";
    }

    /** The failure itself, or what is behind it. */
    public static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** With all causes, and what was suppressed in favour of them: Netty tries several ways. */
    private static List<Throwable> allOf(Throwable failure) {
        List<Throwable> all = new ArrayList<>();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> left = new ArrayDeque<>(List.of(failure));
        for (Throwable next; (next = left.poll()) != null; ) {
            if (seen.add(next)) {
                all.add(next);
                left.addAll(List.of(next.getSuppressed()));
                if (next.getCause() != null) {
                    left.add(next.getCause());
                }
            }
        }
        return all;
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
