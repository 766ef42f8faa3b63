package io.tardy;

import io.tardy.runtime.Task;
import io.tardy.runtime.WaitList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** Who waits for the end of a frame, and is told of it; any thread. */
final class FrameJoiners {

    /** Of any runtimes. */
    final Queue<Task> tasks = new ConcurrentLinkedQueue<>();

    /** Of frames that wait for other things too. */
    final WaitList places = new WaitList();

    /** Those that are to be completed; whoever takes one out completes it. */
    final Queue<FrameStage<?>> stages = new ConcurrentLinkedQueue<>();

    /** For threads that are no frames. */
    final CountDownLatch ended = new CountDownLatch(1);

    /**
     * The frame has ended.
     *
     * @return whether a frame goes on that was waiting for it
     */
    boolean tell() {
        ended.countDown();
        boolean isAwaited = !tasks.isEmpty();
        tasks.forEach(joiner -> joiner.scheduler().trigger(joiner));
        return places.settleAll() || isAwaited;
    }

    /**
     * The frame has ended, and the others were told.
     *
     * @param isUncaught whether it has failed, and nobody hears of it but by a future
     * @return whether there are futures; they see to a failure that none of them takes
     */
    boolean tellStages(boolean isUncaught) {
        FrameStage<?> first = stages.peek();
        if (first != null) {
            first.frameEnded(isUncaught);
        }
        return first != null;
    }
}
