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
 * <p>io_uring has the kernel do all of it. With the other transports, whose systems know no wait
 * for a file, the runtime's pool of threads does it. Either way only the frame waits, and what
 * comes out is the same.
 */
@NullMarked
package io.tardy.fs;

import org.jspecify.annotations.NullMarked;
