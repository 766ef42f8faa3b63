/**
 * For those who write a transport: a {@link io.tardy.spi.Transport} is found with {@code
 * ServiceLoader}, makes one {@link io.tardy.spi.AsyncBackend} for each runtime, and opens sockets.
 *
 * <p>A transport that is told when a descriptor is ready extends {@link
 * io.tardy.spi.ReadinessBackend}: trying, waiting and trying again is written there, once.
 *
 * <p>Programs that only use Tardy need nothing from here.
 */
package io.tardy.spi;
