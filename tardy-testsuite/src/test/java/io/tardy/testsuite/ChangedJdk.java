package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A JDK whose internals differ from this one's: one class of {@code java.base}, with other names
 * for its members. To give a member another type, give its name to another member.
 *
 * @param className with dots
 * @param renames old and new, alternately, applied one after the other
 */
record ChangedJdk(String className, String... renames) {

    /** Writes the class below the folder, and returns the JVM's flag that puts it in place. */
    String flag(Path folder) throws IOException {
        String file = className.replace('.', '/') + ".class";
        Path original =
                FileSystems.getFileSystem(URI.create("jrt:/"))
                        .getPath("/modules/java.base/" + file);
        byte[] bytes = Files.readAllBytes(original);
        for (int i = 0; i < renames.length; i += 2) {
            bytes = renamed(bytes, renames[i], renames[i + 1]);
        }
        Path changed = folder.resolve(file);
        Files.createDirectories(changed.getParent());
        Files.write(changed, bytes);
        return "--patch-module=java.base=" + folder;
    }

    /** The class file with this constant replaced; see JVMS 4.4.7. */
    private static byte[] renamed(byte[] file, String from, String to) {
        byte[] old = constant(from);
        int at = 0;
        while (at + old.length <= file.length
                && !Arrays.equals(file, at, at + old.length, old, 0, old.length)) {
            at++;
        }
        assertThat(at + old.length).as("where %s is", from).isLessThanOrEqualTo(file.length);
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        changed.write(file, 0, at);
        changed.writeBytes(constant(to));
        changed.write(file, at + old.length, file.length - at - old.length);
        return changed.toByteArray();
    }

    private static byte[] constant(String text) {
        ByteArrayOutputStream constant = new ByteArrayOutputStream();
        constant.write(1); // CONSTANT_Utf8
        constant.write(text.length() >> 8);
        constant.write(text.length());
        constant.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        return constant.toByteArray();
    }

    @Override
    public String toString() {
        return className + Arrays.toString(renames);
    }
}
