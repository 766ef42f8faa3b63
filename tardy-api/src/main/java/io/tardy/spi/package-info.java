/**
 * For those who write a transport. Programs that only use Tardy need nothing from here.
 *
 * <p>A {@link io.tardy.spi.Transport} is found with {@code ServiceLoader}, or is given to {@code
 * Tardy.Builder.async}. It makes two halves for each runtime, Netty's {@code IoHandler}, which
 * waits for events, and an {@link io.tardy.spi.AsyncBackend}, which takes submissions and completes
 * them; and it opens sockets.
 *
 * <p>An {@link io.tardy.spi.Operation} goes this way: its frame has the backend <i>attempt</i> it,
 * which needs no turn of the loop if the system has an answer at once. Else it is queued; in its
 * turn the loop has the backend <i>start</i> it, hands over what was collected (<i>submit</i>), and
 * collects events (<i>reap</i>), during which the backend completes it, once, with a value or an
 * error number. The frame goes on after that, never inside of it. A cancel may come at any time
 * before, and the operation still completes exactly once.
 *
 * <p>A transport that is told when a descriptor is ready extends {@link
 * io.tardy.spi.ReadinessBackend}: trying, waiting and trying again is written there, once. What it
 * does not do natively ({@link io.tardy.spi.AsyncBackend#features()}) the runtime does: files in a
 * pool of threads.
 *
 * <p>A transport of another module wraps one of Tardy's: it may change, delay or refuse every
 * operation, and passes sockets on as they are ({@link io.tardy.aio.OpenSocket}). One that opens
 * sockets of its own makes them from {@code io.tardy.os.SocketHandle}, which is no stable API:
 * {@code io.tardy} exports that package to its own transports only, and another module needs {@code
 * --add-exports io.tardy/io.tardy.os=its.module}.
 */
package io.tardy.spi;
