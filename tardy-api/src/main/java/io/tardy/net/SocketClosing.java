package io.tardy.net;

import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncSubmission.Close;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.aio.Resulted;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.util.concurrent.CompletionStage;

/** Closes a socket, and waits for that where a frame can. */
final class SocketClosing {

    private SocketClosing() {}

    static void close(SocketHandle handle) throws TardyIOException {
        if (handle.isClosed()) {
            return;
        }
        if (TardyRuntime.isInFrame()) {
            Resulted<Void, SocketError> closed = TardyRuntime.ioAwait(new Close(handle));
            closed.unwrap();
            awaitLingering(handle.lingering());
        } else {
            handle.close();
        }
    }

    private static void awaitLingering(CompletionStage<Void> lingering) throws TardyIOException {
        if (lingering == null) {
            return;
        }
        try {
            TardyRuntime.current().await(lingering);
        } catch (CancelledException | DeadlineExceededException | IllegalStateException e) {
            // It goes on without this frame, which was cancelled, is late, or cannot wait here.
        } catch (TardyIOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("no close throws it", e);
        }
    }
}
