/**
 * The vocabulary of asynchronous operations: what can be submitted ({@link
 * io.tardy.aio.AsyncSubmission}), how it ends ({@link io.tardy.aio.Resulted}), and why it failed
 * (one error enum for each operation, and {@link io.tardy.aio.TardyIOException}).
 */
package io.tardy.aio;
