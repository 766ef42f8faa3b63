/**
 * Locks that frames of any runtimes share, and whose waits end with the frame's cancellation and
 * its {@code Deadline}: {@link io.tardy.sync.Mutex} with its {@link io.tardy.sync.Condition}s,
 * {@link io.tardy.sync.Semaphore}, {@link io.tardy.sync.Latch} and {@link io.tardy.sync.Barrier}.
 *
 * <pre>{@code
 * Semaphore connections = new Semaphore(8);
 * for (int i = 0; i < requests; i++) {
 *     scope.fork(
 *             () -> {
 *                 try (var held = connections.hold()) { // at most eight at once
 *                     request.run();
 *                 }
 *             });
 * }
 * }</pre>
 *
 * <p>Whoever has to wait gives way, and is served in the order of arrival. A wait that was given up
 * leaves nothing behind; what was handed over before that counts, and the call returns.
 */
@NullMarked
package io.tardy.sync;

import org.jspecify.annotations.NullMarked;
