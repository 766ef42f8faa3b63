/**
 * Channels that carry messages from one frame to another, of the same runtime or of two. {@link
 * io.tardy.channel.Spsc} has one producer, one consumer and a bound; {@link
 * io.tardy.channel.Channel} has any number of frames at both ends; {@link io.tardy.channel.Select}
 * waits for several of these, for frames, sockets and a time. Whoever has to wait gives way.
 *
 * <pre>{@code
 * Spsc<String> channel = new Spsc<>(1024);
 * Frame<Void> sending =
 *         first.spawn(
 *                 () -> {
 *                     try (var producer = channel.producer(first)) {
 *                         producer.send("hello"); // waits while the channel is full
 *                     }
 *                 });
 * Frame<String> receiving = second.spawnCall(() -> channel.consumer(second).recv());
 * }</pre>
 *
 * <p>The bound is what keeps a quick producer from filling the memory with what a slow consumer has
 * not taken. Closing one end tells the other, with a {@link
 * io.tardy.channel.ChannelClosedException}; what was sent before the producer's end is received.
 */
@NullMarked
package io.tardy.channel;

import org.jspecify.annotations.NullMarked;
