package io.tardy.runtime;

/**
 * Something that a user is told outside of any frame, once. That needs no memory any more when its
 * time comes: the carrier, which tells that a frame has ended, must not fail for want of it.
 */
public final class Telling extends LoopTaskQueue.Own {

    private final TaskScheduler scheduler;
    private final Runnable body;

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
    }

    @Override
    public void run() {
        body.run();
    }
}
