package io.tardy.libraries;

import io.netty.channel.EventLoopGroup;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A timer of Netty's without a thread of its own: its tasks run on a group's loops. */
final class LoopTimer implements Timer {

    private final EventLoopGroup group;

    LoopTimer(EventLoopGroup group) {
        this.group = group;
    }

    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
        Scheduled scheduled = new Scheduled(task);
        scheduled.future = group.next().schedule(scheduled::expire, delay, unit);
        return scheduled;
    }

    /** What is left ends with the group. */
    @Override
    public Set<Timeout> stop() {
        return Set.of();
    }

    private final class Scheduled implements Timeout {

        private final TimerTask task;
        private volatile ScheduledFuture<?> future;

        Scheduled(TimerTask task) {
            this.task = task;
        }

        private Void expire() throws Exception {
            task.run(this);
            return null;
        }

        @Override
        public Timer timer() {
            return LoopTimer.this;
        }

        @Override
        public TimerTask task() {
            return task;
        }

        @Override
        public boolean isExpired() {
            return future.isDone() && !future.isCancelled();
        }

        @Override
        public boolean isCancelled() {
            return future.isCancelled();
        }

        @Override
        public boolean cancel() {
            return future.cancel(false);
        }
    }
}
