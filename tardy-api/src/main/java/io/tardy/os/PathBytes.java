package io.tardy.os;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Paths as the system knows them: bytes, of any encoding or none. The text of a {@link Path} is in
 * the JVM's locale, and where the bytes do not fit there (no {@code LANG}, as in many containers,
 * or a name that is no UTF-8) it is not the name any more. The path itself still has the bytes.
 */
public final class PathBytes {

    private static final boolean IS_UTF8 =
            System.getProperty("sun.jnu.encoding", "").equalsIgnoreCase("UTF-8");

    private static final char REPLACEMENT = '\uFFFD';

    private static final Path ROOT = Path.of("/");

    private PathBytes() {}

    /** The bytes of a path, without a zero at the end. */
    public static byte[] of(Path path) {
        String text = path.toString();
        return survivesEncoding(text) ? text.getBytes(StandardCharsets.UTF_8) : ofUri(path);
    }

    /** The path with these bytes, which is the same again when {@link #of} is asked. */
    public static Path path(byte[] bytes) {
        if (isAscii(bytes) || IS_UTF8) {
            try {
                return Path.of(decode(bytes));
            } catch (CharacterCodingException e) {
                // No text, and a name all the same.
            }
        }
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : bytes) {
            uri.append(b == '/' ? "/" : "%%%02X".formatted(b));
        }
        Path absolute = Path.of(URI.create(uri.toString()));
        return bytes[0] == '/' ? absolute : absolute.subpath(0, absolute.getNameCount());
    }

    /** Whether the bytes are those of the text, in UTF-8. */
    private static boolean survivesEncoding(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 && (!IS_UTF8 || c == REPLACEMENT)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static String decode(byte[] utf8) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    }

    /**
     * A URI has the bytes, each as it is or in hexadecimal: the JDK has no other public way to
     * them. To make one the JDK asks the system whether the path leads to a directory, which would
     * be a slash at the end.
     */
    private static byte[] ofUri(Path path) {
        String uri = ROOT.resolve(path).toUri().getRawPath();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
        int from = path.isAbsolute() ? 0 : 1;
        int end = uri.endsWith("/") ? uri.length() - 1 : uri.length();
        for (int i = from; i < end; i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
