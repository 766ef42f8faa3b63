/**
 * The portable transport, over the JDK's channels and selectors, for every system that the JDK runs
 * on and without a native library: what {@code AsyncType.AUTO} takes where nothing better works.
 *
 * <p>A program needs this package only to choose the selectors' provider itself, as an argument of
 * {@link io.tardy.transport.poll.PollTransport}. By default it is poll(2) where the JVM has the
 * flag {@code --add-opens java.base/sun.nio.ch=io.tardy.transport.poll} ({@code =ALL-UNNAMED} on
 * the class path), and else the JDK's default; {@code tardy.backend()} says which.
 */
package io.tardy.transport.poll;
