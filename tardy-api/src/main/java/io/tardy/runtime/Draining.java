package io.tardy.runtime;

import java.util.concurrent.TimeUnit;

/**
 * How a runtime ends by itself: those who are idle learn of it and end, the others have time to,
 * and then it stops.
 */
public final class Draining {

    /**
     * How long those who are idle wait on: what has arrived, or is under way, is theirs. With 10 ms
     * a busy client found its connection reset, which had sent its next request meanwhile.
     */
    public static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often those that are left are looked at, once the JVM ends. */
    private static final long EXIT_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RuntimeCore runtime;

    private volatile boolean begun;

    // The runtime's thread, or the frame while it has it.

    /** The last of a list of those that have not ended, or null. */
    private Idle last;

    Draining(RuntimeCore runtime) {
        this.runtime = runtime;
    }

    /** A frame that waits for something which nobody owes it; see {@link #beginIdle}. */
    public static final class Idle {
        private final Draining draining;
        private final DeadlineBlock block;
        private Idle previous;
        private Idle next;
        private boolean ended;

        private Idle(Draining draining, DeadlineBlock block) {
            this.draining = draining;
            this.block = block;
        }

        /** Whether a drain has ended the wait, and nothing else. */
        public boolean isDrained() {
            return block.isExpired() && block.outermostExpired() == block;
        }

        /** In the frame. */
        public void end() {
            if (!ended) {
                ended = true;
                block.end();
                draining.remove(this);
            }
        }
    }

    /** Whether it has begun; any thread. */
    public boolean hasBegun() {
        return begun;
    }

    /**
     * Begins, and has the runtime stop after this time; any thread. The time of a later call counts
     * too.
     *
     * @param event what the handlers of channels are told
     */
    public void begin(long nanos, Object event) {
        begun = true;
        runtime.scheduler().onLoop(() -> beginOnLoop(nanos, event));
    }

    private void beginOnLoop(long nanos, Object event) {
        TaskScheduler scheduler = runtime.scheduler();
        scheduler.addTimer( // first, in case that there is no memory for all
                this::timeIsOver,
                scheduler.clockNanos(),
                Math.clamp(nanos, 0, TimerQueue.DELAY_NANOS_MAX));
        for (Idle idle = last; idle != null; idle = idle.previous) {
            idle.block.expireIn(IDLE_NANOS);
        }
        runtime.loop().channels().drain(event);
        if (!runtime.loop().servesGroup() && JvmExit.hasBegun()) {
            awaitExiting();
        }
    }

    /** The channels of a group outlive its frames, which may have a last word to say. */
    private void timeIsOver() {
        if (runtime.loop().servesGroup()) {
            runtime.cancelFrames();
        } else {
            runtime.stop();
        }
    }

    /** Frames in System.exit wait for the hook that waits for the end of this. */
    private void awaitExiting() {
        TaskScheduler scheduler = runtime.scheduler();
        if (scheduler.live() > 0 && scheduler.onlyExitingLive()) {
            runtime.stop();
        } else {
            scheduler.addTimer(this::awaitExiting, scheduler.clockNanos(), EXIT_LOOK_NANOS);
        }
    }

    /** Begins a block that a drain ends, in the frame of this task. */
    public Idle beginIdle(Task task) {
        Idle idle = new Idle(this, DeadlineBlock.beginUntimed(task));
        idle.previous = last;
        if (last != null) {
            last.next = idle;
        }
        last = idle;
        if (begun) {
            idle.block.expireIn(IDLE_NANOS);
        }
        return idle;
    }

    private void remove(Idle idle) {
        if (idle.previous != null) {
            idle.previous.next = idle.next;
        }
        if (idle.next != null) {
            idle.next.previous = idle.previous;
        } else {
            last = idle.previous;
        }
    }
}
