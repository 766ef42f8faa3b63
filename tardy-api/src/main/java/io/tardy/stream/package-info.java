/**
 * Bytes from one place to another, whatever the two are: sockets and files are {@link
 * io.tardy.stream.Stream}s, and {@link io.tardy.stream.Stream#copy} moves what one has to the
 * other. From a file to a socket the kernel does it, where it can.
 *
 * <pre>{@code
 * static void run(Path path) throws IOException {
 *     try (File file = File.open(path)) {
 *         Stream.copy(file, File.stdout());
 *     }
 * }
 * }</pre>
 */
@NullMarked
package io.tardy.stream;

import org.jspecify.annotations.NullMarked;
