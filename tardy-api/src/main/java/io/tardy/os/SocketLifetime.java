package io.tardy.os;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle.Attachment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The attachments of a socket, and the end of its descriptor: that is closed once the socket is
 * closed and its last attachment has left. Its monitor guards every change of the socket, and every
 * call that needs the descriptor to stay open meanwhile.
 *
 * <p>Each connection has one, so it makes no other object before it needs it.
 */
abstract class SocketLifetime {

    private static final InternalLogger logger =
            InternalLoggerFactory.getInstance(SocketHandle.class);

    private volatile boolean closed;
    private volatile boolean shared;

    /**
     * The attachment of most sockets, found without the lock: its owner tells whether it is ours.
     * Null if there is none, or it has left before others.
     */
    private Attachment first;

    /** All others, or null. */
    private List<Attachment> others;

    /** Of the close that lingers, or null. */
    private volatile CompletableFuture<Void> lingering;

    /** Whether the system may keep the thread that closes the descriptor waiting for the peer. */
    abstract boolean lingers();

    /** Makes a close that would linger go on without its thread. */
    abstract void lingerNoMore() throws TardyIOException;

    /** Called once. */
    abstract void closeDescriptor() throws TardyIOException;

    final boolean isClosed() {
        return closed;
    }

    final boolean isShared() {
        return shared;
    }

    final Attachment attachmentOf(Object owner) {
        Attachment candidate = first;
        if (candidate != null && candidate.owner() == owner) {
            return candidate;
        }
        synchronized (this) {
            for (Attachment attachment : attachments()) {
                if (attachment.owner() == owner) {
                    return attachment;
                }
            }
            return null;
        }
    }

    /** A copy; with the lock. */
    private List<Attachment> attachments() {
        List<Attachment> all = new ArrayList<>(others == null ? List.of() : others);
        if (first != null) {
            all.addFirst(first);
        }
        return all;
    }

    /** Whether a frame of some attachment waits to send; with the lock. */
    final boolean isAnySending() {
        return attachments().stream().anyMatch(Attachment::isSending);
    }

    final synchronized boolean attach(Attachment attachment) {
        if (closed) {
            return false;
        }
        shared |= !isUnused() && attachment.owner() != null && isUsedByRuntime();
        if (first == null) {
            first = attachment;
        } else {
            if (others == null) {
                others = new ArrayList<>(1);
            }
            others.add(attachment);
        }
        return true;
    }

    final synchronized void detach(Attachment attachment) throws TardyIOException {
        if (first == attachment) {
            first = null;
        } else if (others == null || !others.remove(attachment)) {
            return;
        }
        if (closed && isUnused()) {
            end();
        }
    }

    /** What has no owner holds the descriptor for a moment only, such as a send from a file. */
    private boolean isUsedByRuntime() {
        return attachments().stream().anyMatch(attached -> attached.owner() != null);
    }

    private boolean isUnused() {
        return first == null && (others == null || others.isEmpty());
    }

    final void close() throws TardyIOException {
        List<Attachment> leaving;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (isUnused()) {
                end();
            }
            leaving = attachments();
        }
        leaving.forEach(Attachment::socketClosed);
    }

    /** Nobody uses the descriptor any more; once, with the lock. */
    private void end() throws TardyIOException {
        if (!lingers()) {
            closeDescriptor();
            return;
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (LingeringCloses.tryStart(() -> endLingering(over))) {
            lingering = over;
            return;
        }
        try {
            lingerNoMore(); // the system goes on by itself
        } finally {
            closeDescriptor();
        }
    }

    /** On a thread that may wait. */
    private void endLingering(CompletableFuture<Void> over) {
        try {
            closeDescriptor();
            over.complete(null);
        } catch (TardyIOException e) {
            if (over.getNumberOfDependents() == 0) {
                logCloseFailure(e);
            }
            over.completeExceptionally(e);
        }
    }

    final CompletionStage<Void> lingering() {
        return lingering;
    }

    /** Logs a failure to close that no caller waits for. */
    static void logCloseFailure(TardyIOException failure) {
        logger.warn("{}", failure.getMessage());
    }

    interface SystemCall {
        void run() throws TardyIOException;
    }

    final synchronized void whileOpen(String name, SystemCall call) throws TardyIOException {
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
