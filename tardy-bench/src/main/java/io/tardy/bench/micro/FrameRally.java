package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.TardyRuntime;

/** A {@link Rally} of two frames, of one runtime or of two, that trigger each other. */
final class FrameRally {

    private final TardyRuntime near;
    private final TardyRuntime far;
    private final Rally rally;
    private long nearTask;
    private volatile long farTask;

    FrameRally(TardyRuntime near, TardyRuntime far, int hits) {
        this.near = near;
        this.far = far;
        this.rally = new Rally(hits);
    }

    /** In a frame of the near one, which is one of the two. */
    int play() throws Exception {
        nearTask = near.scheduler().currentTask();
        Frame<?> other = far.spawn(this::playFar); // has the first hit, so its task is known
        rally.play(1, () -> far.trigger(farTask), near.scheduler()::triggerAwait);
        other.join();
        return rally.hits();
    }

    private void playFar() throws Exception {
        farTask = far.scheduler().currentTask();
        rally.play(0, () -> near.trigger(nearTask), far.scheduler()::triggerAwait);
    }
}
