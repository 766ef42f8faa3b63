/**
 * A server that speaks the protocol of Redis, keeps what it has promised, and can be read in an
 * hour; <a href="https://redis.io/docs/latest/develop/reference/protocol-spec/">the protocol</a> is
 * public.
 *
 * <p>To be read in this order:
 *
 * <ol>
 *   <li>{@link io.tardy.examples.redis.RedisServer}: the frames, and what they share.
 *   <li>{@code RedisConnection}: requests that arrive together are answered together, and no reply
 *       leaves before the disk has what it tells of.
 *   <li>{@code RequestParser} and {@code RespWriter}: the bytes of the protocol, bounded.
 *   <li>{@code AppendLog}: one sync for all who wait, and what a crash may tear.
 *   <li>{@code Database}: keys and values, and what is done with them.
 *   <li>{@code Topics} and {@code Subscriber}: who publishes never waits for who reads. {@code
 *       Budget}: what all connections together may take.
 * </ol>
 */
package io.tardy.examples.redis;
