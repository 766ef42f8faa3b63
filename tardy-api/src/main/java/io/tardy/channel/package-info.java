/**
 * Channels that carry messages from one frame to another, of the same runtime or of two: {@link
 * io.tardy.channel.Spsc} has one producer, one consumer and a bound, and whoever has to wait gives
 * way.
 */
package io.tardy.channel;
