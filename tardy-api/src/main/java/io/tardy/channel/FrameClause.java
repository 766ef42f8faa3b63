package io.tardy.channel;

import io.tardy.Frame;
import io.tardy.FrameStatus;
import io.tardy.runtime.TardyAccess;
import io.tardy.runtime.WaitList;
import io.tardy.runtime.WaitQueue;
import io.tardy.runtime.Waiter;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a frame. */
record FrameClause<T extends @Nullable Object, R extends @Nullable Object>(
        Frame<T> frame, MessageBody<? super Frame<T>, ? extends R> body) implements Clause<R> {

    @Override
    public String waitsFor() {
        return "join " + frame;
    }

    @Override
    public Clause.Attempt<R> attempt() {
        return new Attempt<>(this);
    }

    private static final class Attempt<T extends @Nullable Object, R extends @Nullable Object>
            implements Clause.Attempt<R> {

        private final FrameClause<T, R> clause;
        private final WaitList joiners;

        /** Null until it is prepared. */
        private Waiter.@Nullable Place place;

        Attempt(FrameClause<T, R> clause) {
            this.clause = clause;
            this.joiners = TardyAccess.get().joiners(clause.frame);
        }

        @Override
        public boolean tryNow(WaitQueue<Waiter.Place> settled) {
            return hasEnded();
        }

        private boolean hasEnded() {
            return clause.frame.status() != FrameStatus.ALIVE;
        }

        @Override
        public Waiter.Place prepare(Waiter waiter) {
            Waiter.Place prepared = new Waiter.Place(waiter);
            place = prepared;
            return prepared;
        }

        /** Announces the wait, then looks again: so no end is missed. */
        @Override
        public void begin() {
            Waiter.Place prepared = place;
            if (prepared != null) {
                joiners.add(prepared);
                if (hasEnded()) {
                    prepared.settle();
                }
            }
        }

        @Override
        public void leave() {
            Waiter.Place prepared = place;
            if (prepared != null) {
                joiners.remove(prepared);
            }
        }

        @Override
        public void settled() {}

        @Override
        public R call() throws Exception {
            return clause.body.run(clause.frame);
        }
    }
}
