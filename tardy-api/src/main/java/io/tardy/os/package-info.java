/**
 * The system's calls: sockets and files by their descriptors, and through the JDK's channels where
 * there are none. It knows no runtime, no frame and no loop.
 *
 * <p>Exported to Tardy's own transports only. A call that would have to wait says so ({@link
 * io.tardy.os.Outcome}); how to wait is the caller's business.
 */
package io.tardy.os;
