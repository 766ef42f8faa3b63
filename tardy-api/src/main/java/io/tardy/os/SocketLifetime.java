package io.tardy.os;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle.Attachment;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The attachments of a socket, and the end of its descriptor: that is closed once the socket is
 * closed and its last attachment has left. Its monitor guards every change of the socket, and every
 * call that needs the descriptor to stay open meanwhile.
 */
final class SocketLifetime {

    private static final InternalLogger logger =
            InternalLoggerFactory.getInstance(SocketHandle.class);

    private final List<Attachment> attachments = new ArrayList<>(1);
    private volatile boolean closed;

    /**
     * The attachment of most sockets, found without the lock: its owner tells whether it is ours.
     */
    private Attachment cached;

    /** Of the close that lingers, or null. */
    private volatile CompletableFuture<Void> lingering;

    boolean isClosed() {
        return closed;
    }

    Attachment attachmentOf(Object owner) {
        Attachment candidate = cached;
        if (candidate != null && candidate.owner() == owner) {
            return candidate;
        }
        synchronized (this) {
            for (Attachment attachment : attachments) {
                if (attachment.owner() == owner) {
                    return attachment;
                }
            }
            return null;
        }
    }

    /** Whether a frame of some attachment waits to send; with the lock. */
    boolean isAnySending() {
        for (Attachment attachment : attachments) {
            if (attachment.isSending()) {
                return true;
            }
        }
        return false;
    }

    synchronized boolean attach(Attachment attachment) {
        if (closed) {
            return false;
        }
        attachments.add(attachment);
        if (cached == null) {
            cached = attachment;
        }
        return true;
    }

    synchronized void detach(SocketHandle socket, Attachment attachment) throws TardyIOException {
        if (!attachments.remove(attachment)) {
            return;
        }
        if (cached == attachment) {
            cached = null;
        }
        if (closed && attachments.isEmpty()) {
            end(socket);
        }
    }

    void close(SocketHandle socket) throws TardyIOException {
        List<Attachment> leaving;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (attachments.isEmpty()) {
                end(socket);
            }
            leaving = List.copyOf(attachments);
        }
        leaving.forEach(Attachment::socketClosed);
    }

    /** Nobody uses the descriptor any more; once, with the lock. */
    private void end(SocketHandle socket) throws TardyIOException {
        if (!socket.lingers()) {
            socket.closeDescriptor();
            return;
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (LingeringCloses.tryStart(() -> endLingering(socket, over))) {
            lingering = over;
            return;
        }
        try {
            socket.doSetOption(StandardSocketOptions.SO_LINGER, -1); // the system goes on by itself
        } finally {
            socket.closeDescriptor();
        }
    }

    /** On a thread that may wait. */
    private static void endLingering(SocketHandle socket, CompletableFuture<Void> over) {
        try {
            socket.closeDescriptor();
            over.complete(null);
        } catch (TardyIOException e) {
            if (over.getNumberOfDependents() == 0) {
                logCloseFailure(e);
            }
            over.completeExceptionally(e);
        }
    }

    CompletionStage<Void> lingering() {
        return lingering;
    }

    /** Logs a failure to close that no caller waits for. */
    static void logCloseFailure(TardyIOException failure) {
        logger.warn("{}", failure.getMessage());
    }

    interface SystemCall {
        void run() throws TardyIOException;
    }

    synchronized void whileOpen(String name, SystemCall call) throws TardyIOException {
        if (closed) {
            throw new TardyIOException(
                    name,
                    SocketError.INVALID_FD,
                    Errno.EBADF.number(),
                    "the socket was closed by this program");
        }
        call.run();
    }
}
