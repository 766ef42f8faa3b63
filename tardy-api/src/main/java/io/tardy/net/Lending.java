package io.tardy.net;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission.AwaitReadable;
import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.Errno;
import io.tardy.aio.RecvError;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.File;
import io.tardy.os.Arrival;
import io.tardy.os.LentBuffer;
import io.tardy.os.LentBuffers;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.OperationWait;
import io.tardy.runtime.Task;
import io.tardy.runtime.TaskScheduler;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a runtime has lent to the frame that receives from a socket. Frames of several runtimes may
 * write it; a buffer is given back only by the frame that received it.
 */
final class Lending {

    private static final int EAGAIN = -Errno.EAGAIN.number();

    private AwaitReadable waiting;
    private LentBuffer lent;

    /** What was lent, perhaps through another socket, and has been sent in part. */
    private LentBuffer unsent;

    /** Of buffers that nobody has lent; null before the first. */
    private LastBuffers last;

    LastBuffers last() {
        LastBuffers made = last;
        if (made == null) {
            made = new LastBuffers();
            last = made;
        }
        return made;
    }

    /** The next data; what was lent to this frame before goes back. */
    ByteBuffer next(SocketHandle handle) throws TardyIOException {
        Task task = TaskScheduler.taskHere(AsyncOp.RECV.label());
        takeBack(task);
        LentBuffers buffers = task.scheduler().runtime().lentBuffers();
        AwaitReadable submission = waiting;
        if (submission == null || submission.socket() != handle) {
            submission = new AwaitReadable(handle);
            waiting = submission;
        }
        for (; ; ) {
            Arrival arrival;
            try {
                arrival = OperationWait.arrival(task, submission);
            } catch (TardyIOException e) {
                throw ofRecvNext(e);
            }
            if (arrival == null) {
                return null;
            }
            LentBuffer into = buffers.take();
            int count = arrival.recv(into);
            if (count > 0) {
                lent = into;
                return into.lend(task, task.torn(), count);
            }
            buffers.put(into);
            if (count != EAGAIN) {
                requireEnd(handle, -count);
                return null;
            }
        }
    }

    private static TardyIOException ofRecvNext(TardyIOException e) {
        return e.error() == RecvError.OPERATION_NOT_SUPPORTED
                ? new TardyIOException(
                        "recvNext",
                        e.error(),
                        e.errno(),
                        "a datagram socket lends no buffer; use recv or recvFrom")
                : e;
    }

    private static void requireEnd(SocketHandle handle, int errno) throws TardyIOException {
        int told = handle.failed(AsyncOp.RECV, errno);
        if (told != 0) {
            throw new TardyIOException(AsyncOp.RECV.label(), RecvError.class, told);
        }
    }

    private void takeBack(Task task) {
        LentBuffer held = lent;
        if (held != null) {
            lent = null;
            held.giveBack(task, task.torn());
        }
    }

    /** The socket is closed; on any thread, and nothing happens on most. */
    void end() {
        unsent = null;
        if (last != null) {
            last.forget();
        }
        Task task = Task.current();
        LentBuffer held = lent;
        if (task != null && held != null) {
            lent = null;
            held.giveBackForGood(task, task.torn()); // a reader of this socket may still have it
        }
    }

    /**
     * What a buffer to send was lent as to this frame; null if it is none, or one that was lent
     * before others through another socket.
     */
    private LentBuffer lentAs(ByteBuffer from) {
        LentBuffer candidate = as(from, lent) ? lent : as(from, unsent) ? unsent : null;
        if (candidate == null && (!from.isDirect() || last != null && last.hasSent(from))) {
            return null;
        }
        Task task = Task.current();
        if (task == null) {
            return null;
        } else if (candidate == null) {
            candidate = task.scheduler().runtime().lentBuffers().latest();
        }
        return as(from, candidate) && candidate.isHeldBy(task) ? candidate : null;
    }

    private static boolean as(ByteBuffer from, LentBuffer candidate) {
        return candidate != null && candidate.view() == from;
    }

    /** Sends what remains in a buffer, lent or not, as much as is taken at once. */
    int send(SocketHandle handle, ByteBuffer from) throws TardyIOException {
        LentBuffer sent = lentAs(from);
        if (sent == null) {
            return OperationWait.count(last().send(handle, from));
        }
        int count = send(sent, handle);
        unsent = from.hasRemaining() ? sent : null;
        return count;
    }

    private static int send(LentBuffer lent, SocketHandle handle) throws TardyIOException {
        Send send = lent.beginSend(handle);
        if (send == null) { // the frame was torn away from one
            return OperationWait.count(new Send(handle, lent.view()));
        }
        int count;
        try {
            count = OperationWait.count(send);
        } catch (TardyIOException e) {
            lent.endSend();
            throw e;
        }
        lent.endSend();
        return count;
    }

    /**
     * Sends what comes from a file, or to the end from a socket, in the best way.
     *
     * @return how much, or -1 of anything else
     */
    static long trySend(Stream from, Socket to, long countMax) throws IOException {
        if (from instanceof File file) {
            return to.sendFile(file, countMax);
        }
        return countMax == Long.MAX_VALUE
                        && from instanceof Socket source
                        && !source.handle.kind().isDatagram()
                ? copyAll(source, to)
                : -1;
    }

    /** Copies until the end; no wait for more holds memory. */
    private static long copyAll(Socket from, Socket to) throws TardyIOException {
        long copied = 0;
        for (ByteBuffer data; (data = from.recvNext()) != null; ) {
            copied += data.remaining();
            to.sendAll(data);
        }
        return copied;
    }
}
