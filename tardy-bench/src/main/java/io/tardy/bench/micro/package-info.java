/**
 * What single steps cost: waits, wakes, timers and reads of frames, beside the same with the JDK's
 * virtual threads, Netty's tasks and Kotlin's coroutines. Goals: to compare them in one run, and to
 * notice when a ratio changes. Not a goal: absolute numbers.
 *
 * <p>A class is one step, each of its methods is who takes it. Every method takes {@link
 * io.tardy.bench.micro.InBatches#COUNT} steps in one go, inside of a frame, a virtual thread, a
 * loop or a coroutine, so that coming there from JMH's thread does not count. It throws if a step
 * is missing.
 */
package io.tardy.bench.micro;
