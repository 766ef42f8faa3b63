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
import java.util.function.BooleanSupplier;

/**
 * The attachments of a socket, and the end of its descriptor: that is closed once the socket is
 * closed and its last attachment has left. Its monitor guards every change of the socket, and every
 * call that needs the descriptor to stay open meanwhile.
 */
final class SocketLifetime {

    private static final InternalLogger logger =
            InternalLoggerFactory.getInstance(SocketHandle.class);

    private final BooleanSupplier lingers;
    private final SystemCall closing;
    private final SystemCall lingeringNoMore;
    private final List<Attachment> attachments = new ArrayList<>(1);
    private volatile boolean closed;
    private volatile boolean shared;

    /**
     * The attachment of most sockets, found without the lock: its owner tells whether it is ours.
     */
    private Attachment cached;

    /** Of the close that lingers, or null. */
    private volatile CompletableFuture<Void> lingering;

    /**
     * @param lingers whether the system may keep the thread that closes it waiting for the peer
     * @param closing closes the descriptor
     * @param lingeringNoMore makes a close that would linger go on without its thread
     */
    SocketLifetime(BooleanSupplier lingers, SystemCall closing, SystemCall lingeringNoMore) {
        this.lingers = lingers;
        this.closing = closing;
        this.lingeringNoMore = lingeringNoMore;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isShared() {
        return shared;
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
        shared |= !attachments.isEmpty();
        attachments.add(attachment);
        if (cached == null) {
            cached = attachment;
        }
        return true;
    }

    synchronized void detach(Attachment attachment) throws TardyIOException {
        if (!attachments.remove(attachment)) {
            return;
        }
        if (cached == attachment) {
            cached = null;
        }
        if (closed && attachments.isEmpty()) {
            end();
        }
    }

    void close() throws TardyIOException {
        List<Attachment> leaving;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (attachments.isEmpty()) {
                end();
            }
            leaving = List.copyOf(attachments);
        }
        leaving.forEach(Attachment::socketClosed);
    }

    /** Nobody uses the descriptor any more; once, with the lock. */
    private void end() throws TardyIOException {
        if (!lingers.getAsBoolean()) {
            closing.run();
            return;
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        if (LingeringCloses.tryStart(() -> endLingering(over))) {
            lingering = over;
            return;
        }
        try {
            lingeringNoMore.run(); // the system goes on by itself
        } finally {
            closing.run();
        }
    }

    /** On a thread that may wait. */
    private void endLingering(CompletableFuture<Void> over) {
        try {
            closing.run();
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
