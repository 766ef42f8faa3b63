/**
 * Other programs, in direct style: a {@link io.tardy.process.ChildProcess} is started, read,
 * written and waited for in frames.
 *
 * <pre>{@code
 * static String sorted(String lines) throws IOException {
 *     ByteBuffer input = ByteBuffer.wrap(lines.getBytes(StandardCharsets.UTF_8));
 *     ProcessResult sort = ChildProcess.run(new ProcessBuilder("sort"), input, 1 << 20);
 *     if (sort.status() != 0) {
 *         throw new IOException("sort says: " + sort.errorText());
 *     }
 *     return sort.text();
 * }
 * }</pre>
 *
 * <p>On Linux only. A simulation starts no processes.
 */
@NullMarked
package io.tardy.process;

import org.jspecify.annotations.NullMarked;
