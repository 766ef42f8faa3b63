package io.tardy.bench.micro;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;

/** A {@link Rally} of two tasks, of one loop or of two, that have each other executed. */
final class TaskRally {

    private final EventLoop near;
    private final EventLoop far;
    private final Promise<Void> end;
    private int left;

    TaskRally(EventLoop near, EventLoop far, int hits, Promise<Void> end) {
        this.near = near;
        this.far = far;
        this.left = hits;
        this.end = end;
    }

    /** On the near one. */
    void hitNear() {
        if (left-- > 0) {
            far.execute(this::hitFar);
        } else {
            end.setSuccess(null);
        }
    }

    private void hitFar() {
        if (left-- > 0) {
            near.execute(this::hitNear);
        } else {
            end.setSuccess(null);
        }
    }
}
