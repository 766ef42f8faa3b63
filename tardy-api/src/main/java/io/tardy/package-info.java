/**
 * Where a program starts. A {@link io.tardy.Tardy} runs one {@link io.tardy.TardyRuntime} on each
 * of its threads, and a runtime runs {@link io.tardy.Frame}s: coroutines that wait in direct style.
 *
 * <pre>{@code
 * public static void main(String[] args) throws IOException {
 *     try (Tardy tardy = Tardy.builder().build();
 *             Socket server = Socket.tcp(tardy, "127.0.0.1", 9862)) {
 *         server.bind().listen(4096);
 *         tardy.entry(server, Echo::start); // on each runtime; blocks until they end
 *     }
 * }
 *
 * public static void start(TardyRuntime rt, Socket server) {
 *     rt.spawn("accept", () -> server.serve(Echo::echo)); // a frame for each connection
 * }
 * }</pre>
 *
 * <p><b>Frames.</b> A frame is spawned on a runtime and stays there. Frames of one runtime never
 * run at the same time, and change places only where one waits: in a socket of {@link
 * io.tardy.net}, a file of {@link io.tardy.fs}, {@link io.tardy.Frame#delay}, a lock of the JDK's.
 * {@link io.tardy.Frame#yield()} gives way without waiting, and {@link
 * io.tardy.TardyRuntime#offload} has another thread do what blocks. Frames need one flag of the
 * JVM, {@code --add-opens java.base/java.lang=io.tardy} ({@code =ALL-UNNAMED} on the class path);
 * without it the first spawn fails and says so.
 *
 * <p><b>Threads.</b> Only frames can wait. A runtime's own thread, outside of any frame, must not;
 * other threads may call {@code spawn}, {@code trigger}, {@code wake} and {@code stop}, join and
 * cancel frames, and ask for numbers. Nothing else is shared between runtimes; {@link
 * io.tardy.channel} leads from one to another.
 *
 * <p><b>Ends.</b> {@link io.tardy.Deadline} bounds the waits of a block of calls in time. A {@link
 * io.tardy.Scope} forks frames that end before it does. {@link io.tardy.Frame#cancel()} ends a
 * frame, {@link io.tardy.TardyRuntime#stop()} a runtime with all of its frames.
 *
 * <p><b>Transports.</b> The best one that works is taken, of those whose modules are there; {@link
 * io.tardy.Backend} says which, and why each better one was not. {@link io.tardy.Doctor} says what
 * works on this machine.
 */
@NullMarked
package io.tardy;

import org.jspecify.annotations.NullMarked;
