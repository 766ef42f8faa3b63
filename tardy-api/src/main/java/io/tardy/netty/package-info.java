/**
 * Netty programs on Tardy's runtimes. {@link io.tardy.netty.TardyEventLoopGroup} replaces a group
 * of Netty's, and nothing else has to change; {@link io.tardy.netty.FrameChannel} is a pipeline in
 * direct style, for frames that read, write and wait.
 *
 * <pre>{@code
 * protected void initChannel(Channel channel) {
 *     channel.pipeline().addLast(HttpAnswers.codec()); // an HttpServerCodec
 *     FrameChannel.spawn(channel, this::serve);
 * }
 * }</pre>
 *
 * <p>{@link io.tardy.TardyRuntime#of} leads from a channel to its runtime. {@code rt.spawn} leads
 * from a handler, which must not wait, to a frame, which may. With {@code rt.await} a frame waits
 * for a future of Netty's. To {@code inEventLoop()} a frame is not the loop's thread: its calls on
 * a channel are passed to the loop, without a system call.
 */
@NullMarked
package io.tardy.netty;

import org.jspecify.annotations.NullMarked;
