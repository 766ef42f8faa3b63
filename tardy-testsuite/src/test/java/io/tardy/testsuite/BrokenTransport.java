package io.tardy.testsuite;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.tardy.aio.AsyncError;
import io.tardy.aio.AsyncFeatures;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.Resulted;
import io.tardy.aio.SendError;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.DelegatingIoHandler;
import io.tardy.spi.Operation;
import io.tardy.spi.Transport;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The epoll transport with a fault, which the suite must notice. */
final class BrokenTransport implements Transport {

    /** What is wrong with it. */
    enum Fault {
        /** Nothing: the wrapping alone fails no test. */
        NONE,
        /** A wake does nothing. */
        LOST_WAKE,
        /** An operation that is over is completed once more. */
        DOUBLE_COMPLETION,
        /** What failed has succeeded. */
        SWALLOWED_ERROR,
        /** A long send tells one byte fewer than it has sent, so that this goes out twice. */
        REPEATED_BYTE,
        /** The first accepts fail, each with another of {@link #ACCEPT_FAILURES}. No canary. */
        FAILED_ACCEPTS,
        /** One turn of the loop ends with an exception, once. No canary. */
        LOOP_FAULT,
        /** Every turn does, from some moment on. No canary. */
        LOOP_FAULTS
    }

    /** What accept(2) says of one connection, and a number that it never says. */
    static final List<Errno> ACCEPT_FAILURES =
            List.of(
                    Errno.ECONNABORTED,
                    Errno.EPROTO,
                    Errno.EPERM,
                    Errno.ENETDOWN,
                    Errno.ENETUNREACH,
                    Errno.EHOSTDOWN,
                    Errno.EHOSTUNREACH,
                    Errno.ENOPROTOOPT,
                    Errno.ETIMEDOUT,
                    Errno.ECONNRESET,
                    Errno.EINTR,
                    Errno.EIO);

    /** With a lost wake the loop would wait for ever, and its test with it. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(3);

    private final Fault fault;
    private final Transport epoll;

    /** Set when a loop is to meet its fault; for all runtimes. */
    private final AtomicBoolean hasFault = new AtomicBoolean();

    BrokenTransport(Fault fault) {
        this.fault = fault;
        this.epoll =
                ServiceLoader.load(Transport.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(transport -> transport.type() == AsyncType.EPOLL)
                        .findFirst()
                        .orElseThrow();
    }

    /** The next turn of a loop meets its fault. */
    void breakLoop() {
        hasFault.set(true);
    }

    @Override
    public AsyncType type() {
        return AsyncType.EPOLL;
    }

    @Override
    public Optional<String> unavailableBecause() {
        return epoll.unavailableBecause();
    }

    @Override
    public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
        return DelegatingIoHandler.factory(epoll.ioHandlerFactory(aioReapMax), Handler::new);
    }

    @Override
    public AsyncBackend newBackend(BackendContext context) {
        return new Backend(epoll.newBackend(context));
    }

    @Override
    public OpenSocket openSocket(SocketKind kind) throws TardyIOException {
        return epoll.openSocket(kind);
    }

    private final class Handler extends DelegatingIoHandler {

        Handler(IoHandler real) {
            super(real);
        }

        @Override
        public int run(IoHandlerContext context) {
            if (hasFault.get()) {
                if (fault == Fault.LOOP_FAULT) {
                    hasFault.set(false);
                }
                throw new IllegalStateException("a fault of the loop");
            }
            return super.run(fault == Fault.LOST_WAKE ? new Bounded(context) : context);
        }

        @Override
        public void wakeup() {
            if (fault != Fault.LOST_WAKE) {
                super.wakeup();
            }
        }
    }

    private record Bounded(IoHandlerContext real) implements IoHandlerContext {

        @Override
        public boolean canBlock() {
            return real.canBlock();
        }

        @Override
        public long delayNanos(long currentTimeNanos) {
            return Math.min(real.delayNanos(currentTimeNanos), WAIT_NANOS_MAX);
        }

        @Override
        public long deadlineNanos() {
            return System.nanoTime() + WAIT_NANOS_MAX;
        }
    }

    private final class Backend implements AsyncBackend {
        private final AsyncBackend real;
        private final Map<Operation, Operation> swallowing = new IdentityHashMap<>();
        private int acceptsFailed;

        Backend(AsyncBackend real) {
            this.real = real;
        }

        @Override
        public AsyncFeatures features() {
            return real.features();
        }

        @Override
        public boolean attempt(Operation operation) {
            if (fault == Fault.FAILED_ACCEPTS
                    && operation.op() == AsyncOp.ACCEPT
                    && acceptsFailed < ACCEPT_FAILURES.size()) {
                operation.fail(ACCEPT_FAILURES.get(acceptsFailed++).number());
                return true;
            }
            if (fault == Fault.REPEATED_BYTE
                    && operation.submission() instanceof AsyncSubmission.Send send
                    && send.buffer().remaining() > 100) {
                return sendButTellLess(operation, send);
            }
            return real.attempt(operation);
        }

        private boolean sendButTellLess(Operation operation, AsyncSubmission.Send send) {
            Operation sending = new Untold(send);
            if (!real.attempt(sending)) {
                return false;
            }
            if (sending.result(send) instanceof Resulted.Actual<Integer, SendError> actual) {
                send.buffer().position(send.buffer().position() - 1);
                operation.succeed(actual.value() - 1);
            } else {
                operation.fail(Errno.EPIPE.number());
            }
            return true;
        }

        @Override
        public void start(Operation operation) {
            if (fault != Fault.SWALLOWED_ERROR) {
                real.start(operation);
                if (fault == Fault.DOUBLE_COMPLETION && operation.isDone()) {
                    operation.fail(Errno.EIO.number());
                }
                return;
            }
            Operation swallower = new Swallower(operation);
            swallowing.put(operation, swallower);
            real.start(swallower);
        }

        @Override
        public void submit() {
            real.submit();
        }

        @Override
        public void cancel(Operation operation) {
            real.cancel(swallowing.getOrDefault(operation, operation));
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private static final class Untold extends Operation {

        Untold(AsyncSubmission<?, ?> submission) {
            begin(submission);
        }

        @Override
        protected void completed() {}
    }

    private static final class Swallower extends Operation {
        private final Operation asked;

        Swallower(Operation asked) {
            begin(asked.submission());
            this.asked = asked;
        }

        @Override
        protected void completed() {
            asked.succeed(valueOrNull(submission()));
        }

        private <T, E extends Enum<E> & AsyncError> T valueOrNull(
                AsyncSubmission<T, E> submission) {
            return result(submission) instanceof Resulted.Actual<T, E> actual
                    ? actual.value()
                    : null;
        }
    }
}
