/**
 * Bytes from one place to another, whatever the two are: sockets and files are {@link
 * io.tardy.stream.Stream}s, and {@link io.tardy.stream.Stream#copy} moves what one has to the
 * other.
 */
package io.tardy.stream;
