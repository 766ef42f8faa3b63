package io.tardy.channel;

import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.os.SocketHandle;
import io.tardy.runtime.InputWatch;
import io.tardy.runtime.SocketAccess;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Waits for the input of a socket, and takes nothing of it. */
record SocketClause<R extends @Nullable Object>(Socket socket, Callable<? extends R> body)
        implements Clause<R> {

    @Override
    public String waitsFor() {
        return "readable " + socket;
    }

    @Override
    public Clause.Attempt<R> attempt() {
        return new Attempt<>(this);
    }

    private static final class Attempt<R extends @Nullable Object> implements Clause.Attempt<R> {

        private final SocketHandle handle;
        private final Callable<? extends R> body;
        private boolean isReady;

        /** Why it cannot wait, which counts only where no earlier clause is chosen; or null. */
        private @Nullable TardyIOException refusal;

        /** Null until it is prepared. */
        private @Nullable InputWatch watch;

        Attempt(SocketClause<R> clause) {
            this.handle = SocketAccess.handleOf(clause.socket);
            this.body = clause.body;
        }

        @Override
        public void look() {
            try {
                isReady = InputWatch.isThere(handle);
            } catch (TardyIOException e) {
                refusal = e;
            }
        }

        @Override
        public boolean tryNow(WaitQueue<Waiter.Place> settled) throws TardyIOException {
            if (refusal != null) {
                throw refusal;
            }
            return isReady;
        }

        @Override
        public Waiter.Place prepare(Waiter waiter) {
            Waiter.Place place = new Waiter.Place(waiter);
            watch = new InputWatch(handle, place);
            return place;
        }

        @Override
        public void begin() {
            if (watch != null) {
                watch.start();
            }
        }

        @Override
        public void leave() {
            if (watch != null) {
                watch.giveUp();
            }
        }

        @Override
        public void awaitLeft() {
            if (watch != null) {
                watch.awaitEnd();
            }
        }

        @Override
        public void settled() throws TardyIOException {
            if (watch != null) {
                watch.requireInput();
            }
        }

        @Override
        public R call() throws Exception {
            return body.call();
        }
    }
}
