/**
 * Linux io_uring(7): every operation is a submission to the kernel, files included. A program needs
 * this package only to choose the size of its rings.
 */
package io.tardy.transport.iouring;
