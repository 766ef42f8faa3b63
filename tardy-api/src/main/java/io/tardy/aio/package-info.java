/**
 * The vocabulary of asynchronous operations: what can be submitted ({@link
 * io.tardy.aio.AsyncSubmission}), how it ends ({@link io.tardy.aio.Resulted}), and why it failed
 * (one error enum for each operation, and {@link io.tardy.aio.TardyIOException}).
 *
 * <p>Most programs meet the errors only. The exception carries the operation's own constant, and
 * the system's number with it:
 *
 * <pre>{@code
 * try {
 *     socket.connect();
 * } catch (TardyIOException e) {
 *     if (e.error() != ConnectError.CONNECTION_REFUSED) {
 *         throw e;
 *     }
 *     return false; // nobody listens there
 * }
 * return true;
 * }</pre>
 *
 * <p>Two of its kind have a class of their own, for they say nothing about the operation: {@link
 * io.tardy.aio.CancelledException}, after which the frame should end, and {@link
 * io.tardy.aio.DeadlineExceededException}, after which it may go on.
 *
 * <p>Below the methods of sockets and files, {@link io.tardy.TardyRuntime#ioAwait} takes a
 * submission and returns its outcome as a value, without an exception.
 */
@NullMarked
package io.tardy.aio;

import org.jspecify.annotations.NullMarked;
