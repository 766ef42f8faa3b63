/**
 * Netty's programs on Tardy's runtimes. {@link io.tardy.netty.TardyEventLoopGroup} takes the place
 * of a group of Netty's, and nothing else has to change; {@link io.tardy.netty.FrameChannel} is a
 * pipeline in direct style, for frames that read, write and wait.
 *
 * <pre>{@code
 * protected void initChannel(Channel channel) {
 *     channel.pipeline().addLast(HttpAnswers.codec()); // an HttpServerCodec
 *     FrameChannel.spawn(channel, FrameHttp::serve);
 * }
 * }</pre>
 *
 * <p>{@link io.tardy.TardyRuntime#of} leads from a channel to its runtime, {@code rt.spawn} from a
 * handler, which must not wait, to a frame, which may, and {@code rt.await} from a future of
 * Netty's to a frame that waits for it. A frame is not the loop's thread, as {@code inEventLoop()}
 * sees it: what it calls on a channel is passed to the loop, without a system call.
 */
@NullMarked
package io.tardy.netty;

import org.jspecify.annotations.NullMarked;
