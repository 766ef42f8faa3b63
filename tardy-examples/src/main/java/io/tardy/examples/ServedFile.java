package io.tardy.examples;

import java.io.IOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * An open file below a root.
 *
 * @param tag changes with the file's contents
 */
record ServedFile(FileChannel channel, long size, String tag, Instant modified, String type) {

    private static final String INDEX = "index.html";

    /**
     * Opens the file of a URL's path; blocks. Follows links that stay below the root. A program
     * that may write there could still replace a directory between the check and the opening, so do
     * not let strangers write there.
     *
     * @param root a real path
     * @param urlPath decoded, beginning with a slash
     * @throws NoSuchFileException if there is no regular file
     * @throws AccessDeniedException if it may not be read
     * @throws IllegalArgumentException if this is not a path
     */
    static ServedFile open(Path root, String urlPath) throws IOException {
        String name = urlPath.substring(1);
        Path relative = path(name.isEmpty() || name.endsWith("/") ? name + INDEX : name);
        Path real = requireBelow(root, relative);
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) { // opening a FIFO would wait for its writer
            throw new NoSuchFileException(urlPath);
        }
        FileChannel channel =
                FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        String type = URLConnection.guessContentTypeFromName(real.getFileName().toString());
        return new ServedFile(
                channel,
                attributes.size(),
                tag(attributes),
                attributes.lastModifiedTime().toInstant(),
                type == null ? "application/octet-stream" : type);
    }

    /**
     * The path of a name in UTF-8. Without a locale, as in many containers, the JVM accepts only
     * ASCII in the text of a path, but every byte in a URI.
     */
    private static Path path(String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            StringBuilder uri = new StringBuilder("file:///");
            for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
                uri.append(b == '/' ? "/" : "%%%02X".formatted(b));
            }
            Path absolute = Path.of(URI.create(uri.toString()));
            return absolute.subpath(0, absolute.getNameCount());
        }
    }

    private static Path requireBelow(Path root, Path relative) throws IOException {
        for (Path part : relative) {
            if (part.toString().equals("..")) {
                throw new NoSuchFileException(relative.toString());
            }
        }
        if (relative.getRoot() != null) {
            throw new NoSuchFileException(relative.toString());
        }
        Path real = root.resolve(relative).toRealPath();
        if (!real.startsWith(root)) { // a link leads outside
            throw new NoSuchFileException(relative.toString());
        }
        return real;
    }

    private static String tag(BasicFileAttributes attributes) {
        return "\"%x-%x\""
                .formatted(
                        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size());
    }
}
