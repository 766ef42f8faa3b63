/**
 * Linux io_uring(7): every operation is a submission to the kernel, files included.
 *
 * <p>{@code AsyncType.AUTO} finds it where the module is there and works. A program needs this
 * package only to choose the size of its rings:
 *
 * <pre>{@code
 * Tardy tardy = Tardy.builder().async(new IoUringTransport(2048, 16_384)).build();
 * }</pre>
 *
 * <p>It needs Linux 5.15 or newer, and a system that allows it: containers often do not. {@code
 * tardy.backend()} says why it was not taken.
 */
package io.tardy.transport.iouring;
