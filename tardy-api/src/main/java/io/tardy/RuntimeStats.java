package io.tardy;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.TaskState;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeCounts;
import java.util.Arrays;

/**
 * The counters of a runtime, as {@link TardyRuntime#stats} has read them: one after the other,
 * while the runtime goes on, so that two of them need not fit each other to the last frame. Those
 * that say <em>so far</em> only grow, from the runtime's beginning. It does not change.
 */
public final class RuntimeStats {

    private final int frames;
    private final int[] framesByState = new int[TaskState.values().length];
    private final long framesBegun;
    private final long framesEnded;
    private final long framesFailed;
    private final long[] operations = new long[AsyncOp.values().length];
    private final long operationsWaited;
    private final long turns;
    private final long turnsIdle;
    private final int timers;
    private final long timersExpired;
    private final int poolJobs;
    private final long poolJobsStarted;
    private final long poolJobsRefused;
    private final int lentBuffers;
    private final int spareBuffers;
    private final long stalls;

    RuntimeStats(RuntimeCore runtime, long stalls) {
        RuntimeCounts counts = runtime.scheduler().counts();
        this.framesEnded = counts.framesEnded(); // no more than have begun
        this.framesBegun = counts.framesBegun();
        this.frames = runtime.scheduler().live();
        for (TaskState state : TaskState.values()) {
            framesByState[state.ordinal()] = Math.max(runtime.scheduler().count(state), 0);
        }
        this.framesFailed = runtime.scheduler().framesFailed();
        for (AsyncOp op : AsyncOp.values()) {
            operations[op.ordinal()] = counts.operations(op);
        }
        this.operationsWaited = counts.operationsQueued();
        this.turns = counts.turns();
        this.turnsIdle = counts.waits();
        this.timers = runtime.async().timersActive();
        this.timersExpired = counts.timersExpired();
        this.poolJobs = runtime.offload().active();
        this.poolJobsStarted = counts.jobs();
        this.poolJobsRefused = counts.jobsRefused();
        this.lentBuffers = runtime.lentBuffers().countLent();
        this.spareBuffers = runtime.lentBuffers().countSpare();
        this.stalls = stalls;
    }

    /** How many frames live, or are about to; as {@link TardyRuntime#tasks()}. */
    public int frames() {
        return frames;
    }

    /** How many of them are in this state. */
    public int frames(TaskState state) {
        return framesByState[state.ordinal()];
    }

    /** How many frames have begun so far. */
    public long framesBegun() {
        return framesBegun;
    }

    /** How many frames have ended so far, however they did. */
    public long framesEnded() {
        return framesEnded;
    }

    /** How many of those have failed; as {@link TardyRuntime#framesFailed}. */
    public long framesFailed() {
        return framesFailed;
    }

    /**
     * How many operations frames have begun so far, of all kinds. Not counted: what channels of
     * Netty do, offloaded calls, and waits for other frames.
     */
    public long operations() {
        return Arrays.stream(operations).sum();
    }

    /** How many of this kind. A stream that is sent in three parts is three. */
    public long operations(AsyncOp op) {
        return operations[op.ordinal()];
    }

    /**
     * How many operations, and offloaded calls, were not over at once so far, and have made their
     * frames wait. Those that wait now are {@code frames(TaskState.WAIT_FOR_IO)}.
     */
    public long operationsWaited() {
        return operationsWaited;
    }

    /** How often the loop has turned so far, and so has looked for events. */
    public long turns() {
        return turns;
    }

    /**
     * In how many of these turns it had nothing else to do, and was free to wait for events. A
     * runtime whose turns go up without these has work all the time.
     */
    public long turnsIdle() {
        return turnsIdle;
    }

    /** How many timers run: delays and deadlines. */
    public int timers() {
        return timers;
    }

    /** How many timers have expired so far; most deadlines end before. */
    public long timersExpired() {
        return timersExpired;
    }

    /**
     * How many offloaded calls and file operations are with the pool of threads, or queue there.
     */
    public int poolJobs() {
        return poolJobs;
    }

    /** How many the pool was given so far. */
    public long poolJobsStarted() {
        return poolJobsStarted;
    }

    /** How many of those have failed for want of a thread. */
    public long poolJobsRefused() {
        return poolJobsRefused;
    }

    /**
     * How many buffers frames have that their runtime has lent them, as {@code Socket.recvNext}
     * does; of 16 KiB each. Those count on that a frame never gives back, as one that an error has
     * torn from its send.
     */
    public int lentBuffers() {
        return lentBuffers;
    }

    /** How many buffers the runtime keeps, to lend them. */
    public int spareBuffers() {
        return spareBuffers;
    }

    /** How often the loop has stalled so far; as {@link TardyRuntime#stalls}. */
    public long stalls() {
        return stalls;
    }

    /** One line for people to read, whose form may change. */
    @Override
    public String toString() {
        return frames
                + " frames, "
                + framesBegun
                + " begun, "
                + framesFailed
                + " failed; "
                + operations()
                + " operations, "
                + operationsWaited
                + " waited; "
                + turns
                + " turns, "
                + turnsIdle
                + " idle; "
                + timers
                + " timers; "
                + poolJobs
                + " pool jobs, "
                + poolJobsRefused
                + " refused; "
                + lentBuffers
                + " buffers lent; "
                + stalls
                + " stalls";
    }
}
