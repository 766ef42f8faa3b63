/**
 * Moves bytes between sockets, files and streams of your own: all are {@link
 * io.tardy.stream.Stream}s, and {@link io.tardy.stream.Stream#copy} moves what one has to the
 * other. Where it can, the kernel copies from a file to a socket.
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
