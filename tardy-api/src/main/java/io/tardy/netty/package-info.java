/**
 * Netty's programs on Tardy's runtimes. {@link io.tardy.netty.TardyEventLoopGroup} takes the place
 * of a group of Netty's, and nothing else has to change; {@link io.tardy.netty.FrameChannel} is a
 * pipeline in direct style, for frames that read, write and wait.
 *
 * <p>{@link io.tardy.TardyRuntime#of} leads from a channel to its runtime, and {@code
 * TardyRuntime.await} from a future of Netty's to a frame that waits for it.
 */
package io.tardy.netty;
