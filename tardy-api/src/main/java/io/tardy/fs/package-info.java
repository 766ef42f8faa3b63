/**
 * Files and directories, in direct style: a {@link io.tardy.fs.File} is read and written, a {@link
 * io.tardy.fs.Dir} is what relative paths start from, and the place to list, make and delete.
 *
 * <pre>{@code
 * static void run(Path path, String text) throws IOException {
 *     try (File file = File.create(path)) {
 *         file.writeAll(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
 *     }
 * }
 * }</pre>
 *
 * <p>On io_uring the kernel does all of it. The other transports have no native file operations, so
 * a pool of threads does it. Either way only the frame waits, and the results are the same.
 */
@NullMarked
package io.tardy.fs;

import org.jspecify.annotations.NullMarked;
