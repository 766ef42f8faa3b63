package io.tardy.sim;

import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenFile;
import io.tardy.aio.OpenSocket;
import io.tardy.os.FileHandle;
import io.tardy.sim.disk.Disk;
import io.tardy.sim.time.Timeline;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.Operation;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The poll transport's backend for sockets; files are the disk's of the host. */
final class SimBackend implements AsyncBackend {

    private static final AsyncFeatures FEATURES = new AsyncFeatures(EnumSet.allOf(AsyncOp.class));

    /** What the disk does, and when it is done. */
    private record UnderWay(AsyncSubmission.OnFile submission, long offset, Timeline.Event end) {}

    private final AsyncBackend sockets;
    private final SimHost host;
    private final SimIoHandler handler;

    /** Operations of the disk that are under way. */
    private final Map<Operation, UnderWay> underWay = new LinkedHashMap<>();

    SimBackend(AsyncBackend sockets, SimHost host, SimIoHandler handler) {
        this.sockets = sockets;
        this.host = host;
        this.handler = handler;
    }

    @Override
    public AsyncFeatures features() {
        return FEATURES;
    }

    @Override
    public boolean attempt(Operation operation) {
        return operation.submission() instanceof AsyncSubmission.OnSocket
                && sockets.attempt(operation);
    }

    @Override
    public void start(Operation operation) {
        if (operation.submission() instanceof AsyncSubmission.OnFile onFile) {
            startOnFile(operation, onFile);
        } else {
            sockets.start(operation);
        }
    }

    private void startOnFile(Operation operation, AsyncSubmission.OnFile submission) {
        Disk disk = host.disk();
        Timeline.Event end =
                host.timeline()
                        .after(
                                disk.delayNanos(submission),
                                () -> handler.ended(() -> end(operation, submission)));
        underWay.put(operation, new UnderWay(submission, operation.offset(), end));
    }

    private void end(Operation operation, AsyncSubmission.OnFile submission) {
        if (underWay.remove(operation) != null) {
            Object outcome = host.disk().run(submission, operation.offset());
            if (outcome instanceof Integer bytes) {
                operation.succeed(bytes.intValue());
            } else {
                operation.end(outcome, 0);
            }
        }
    }

    /** Has the loop look at its deadlines again. */
    void wake() {
        handler.wakeup();
    }

    /** The host crashes: what the disk was doing it may have done. */
    void crash() {
        for (UnderWay begun : underWay.values()) {
            begun.end.cancel();
            host.disk().runUnfinished(begun.submission, begun.offset);
        }
        underWay.clear();
    }

    @Override
    public void submit() {
        sockets.submit();
    }

    @Override
    public int received(OpenSocket socket) {
        return sockets.received(socket);
    }

    @Override
    public boolean hasBacklog() {
        return sockets.hasBacklog();
    }

    @Override
    public void cancel(Operation operation) {
        if (!(operation.submission() instanceof AsyncSubmission.OnFile submission)) {
            sockets.cancel(operation);
        } else if (!(submission instanceof AsyncSubmission.CloseFile)) {
            // What the disk has begun it may end, or not: this one it does not.
            UnderWay begun = underWay.remove(operation);
            if (begun != null) {
                begun.end.cancel();
                OpenFile file = submission.file();
                boolean isForClose = file != null && file.isClosed();
                operation.fail((isForClose ? Errno.EBADF : Errno.ECANCELED).number());
            }
        }
    }

    @Override
    public void cancelAll() {
        sockets.cancelAll();
    }

    @Override
    public void close() {
        for (Operation operation : List.copyOf(underWay.keySet())) {
            underWay.remove(operation).end.cancel();
            if (operation.submission() instanceof AsyncSubmission.CloseFile close) {
                ((FileHandle) close.file()).closeNow();
            }
            operation.fail(Errno.ECANCELED.number());
        }
        sockets.close();
    }
}
