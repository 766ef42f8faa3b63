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
     * @return whether a frame goes on that was waiting for it, or a future is completed
     */
    boolean tell() {
        ended.countDown();
        boolean isAwaited = !tasks.isEmpty();
        tasks.forEach(joiner -> joiner.scheduler().trigger(joiner));
        for (FrameStage<?> stage; (stage = stages.poll()) != null; ) {
            isAwaited |= !stage.isDone(); // or nobody waits any more
            stage.frameEnded();
        }
        return places.settleAll() || isAwaited;
    }
}
