package io.tardy.transport.kqueue;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Operation;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A loop on the test's own thread, turned by hand, with the real backend on a simulated kqueue. */
final class SimRuntime {

    static final int EVENTS_MAX = 1024;

    private static final SocketAddress SOMEWHERE =
            InetSocketAddress.createUnresolved("somewhere", 1);

    final SimKQueue kqueue;
    final ManualIoEventLoop loop;
    final KQueueBackend backend;

    SimRuntime(SimSystem system) {
        this(system, EVENTS_MAX);
    }

    /**
     * @param eventsMax also how long Netty's list of changes is
     */
    SimRuntime(SimSystem system, int eventsMax) {
        kqueue = system.newKQueue(eventsMax);
        IoHandlerFactory factory = executor -> new BoundedIoHandler(kqueue, executor, eventsMax);
        loop = new ManualIoEventLoop(Thread.currentThread(), factory);
        backend =
                new KQueueBackend(
                        new BackendContext(loop, 1024, UnpooledByteBufAllocator.DEFAULT),
                        socket -> ((SimSocket) socket).ident());
    }

    /** One turn: submit, reap, tasks. */
    void turn() {
        backend.submit();
        loop.run(1); // which would wait; a simulated kqueue never does
    }

    /** Turns until there is nothing more to hear. */
    void settle() {
        do {
            backend.submit();
        } while (loop.run(1) > 0 || !kqueue.couldWait);
    }

    /** Starts an operation, as a frame that has to wait does. */
    SimOperation start(AsyncSubmission<?, ?> submission) {
        SimOperation operation = operation(submission);
        backend.start(operation);
        return operation;
    }

    SimOperation operation(AsyncSubmission<?, ?> submission) {
        return new SimOperation(submission);
    }

    SimOperation recv(SimSocket socket, int bytesMax) {
        return start(new AsyncSubmission.Recv(socket, ByteBuffer.allocateDirect(bytesMax)));
    }

    SimOperation send(SimSocket socket, byte[] bytes) {
        return start(new AsyncSubmission.Send(socket, ByteBuffer.wrap(bytes)));
    }

    SimOperation connect(SimSocket socket) {
        return start(new AsyncSubmission.Connect(socket, SOMEWHERE));
    }

    SimOperation accept(SimSocket socket) {
        return start(new AsyncSubmission.Accept(socket));
    }

    /** Tries an operation at once, as a frame does first; null if it would have to wait. */
    SimOperation attempt(AsyncSubmission<?, ?> submission) {
        SimOperation operation = operation(submission);
        return backend.attempt(operation) ? operation : null;
    }

    /** An operation that nobody waits for. */
    static final class SimOperation extends Operation {

        private SimOperation(AsyncSubmission<?, ?> submission) {
            begin(submission);
        }

        /** The value, "done" for none, an error's name, "end" of the stream, or "waits". */
        Object outcome() {
            if (!isDone()) {
                return "waits";
            }
            return switch (result(submission())) {
                case Resulted.Actual<?, ?> actual ->
                        actual.value() == null ? "done" : actual.value();
                case Resulted.Err<?, ?> err ->
                        err.errno() == 0 ? "end" : Errno.of(err.errno()).name();
            };
        }

        @Override
        protected void completed() {}
    }
}
