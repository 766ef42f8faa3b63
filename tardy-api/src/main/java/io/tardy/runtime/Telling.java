package io.tardy.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Something that a user is told outside of any frame, once. That needs no memory any more when its
 * time comes: the carrier, which tells that a frame has ended, must not fail for want of it.
 */
public final class Telling extends LoopTaskQueue.Own {

    private final TaskScheduler scheduler;
    private final Runnable body;
    private final AtomicBoolean isTold = new AtomicBoolean();

    /**
     * @param scheduler whose loop runs the body
     */
    public Telling(TaskScheduler scheduler, Runnable body) {
        this.scheduler = scheduler;
        this.body = body;
    }

    /** Has the loop run it; as {@link TaskScheduler#tell}. */
    public void tell() {
        scheduler.tell(this);
        if (scheduler.runtime().hasEnded()) { // its queue was perhaps emptied at the end
            run();
        }
    }

    @Override
    public void run() {
        if (!isTold.getAndSet(true)) {
            body.run();
        }
    }
}
