/**
 * Where a program starts: {@link io.tardy.Tardy} runs one {@link io.tardy.TardyRuntime} on each of
 * its threads, and a runtime runs {@link io.tardy.Frame}s, which wait in direct style.
 *
 * <p>A frame is spawned on a runtime and stays there. Frames of one runtime never run at the same
 * time, and change places only where one waits: in a socket of {@code io.tardy.net}, a file of
 * {@code io.tardy.fs}, a {@link io.tardy.Timer}, a lock of the JDK's. {@link
 * io.tardy.Frame#yield()} gives way without waiting, and {@link io.tardy.TardyRuntime#offload} has
 * another thread do what blocks.
 *
 * <p>{@link io.tardy.Deadline} bounds the waits of a block of calls in time. A {@link
 * io.tardy.Scope} forks frames that end before it does. {@link io.tardy.Frame#cancel()} ends a
 * frame. {@link io.tardy.Doctor} says what works on this machine.
 */
package io.tardy;
