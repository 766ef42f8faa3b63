package io.tardy;

import io.tardy.runtime.NeverRun;
import io.tardy.runtime.Task;
import java.util.concurrent.Callable;

/** The scheduler's entry for a frame. */
class FrameTask extends Task {

    private final Frame<?> frame;

    FrameTask(Frame<?> frame) {
        super(frame.runtime().core().scheduler(), frame.name());
        this.frame = frame;
    }

    /** Of a frame that does not keep its runtime alive. */
    static final class Daemon extends FrameTask {

        private boolean isCounted;

        Daemon(Frame<?> frame) {
            super(frame);
        }

        @Override
        protected void started() {
            super.started();
            isCounted = true;
            scheduler().runtime().daemonStarted();
        }

        @Override
        protected boolean ended() {
            uncount();
            return super.ended();
        }

        /** There may have been no memory to begin with. */
        @Override
        protected void abandoned(Throwable reason) {
            uncount();
            super.abandoned(reason);
        }

        private void uncount() {
            if (isCounted) {
                isCounted = false;
                scheduler().runtime().daemonEnded();
            }
        }
    }

    @Override
    public void run() {
        Object body = frame.body;
        try {
            Object value = null;
            if (body instanceof Callable<?> call) {
                value = call.call();
            } else {
                ((FrameBody) body).run();
            }
            frame.bodyEnded(value, false);
        } catch (Throwable t) {
            frame.bodyEnded(t, true);
        }
        bodyHasEnded();
    }

    @Override
    protected void started() {
        frame.task = this;
    }

    @Override
    protected boolean isCancelRequested() {
        return frame.cancelRequested;
    }

    @Override
    protected boolean ended() {
        frame.end(isCancelled());
        return !frame.hasFailed();
    }

    @Override
    protected void abandoned(Throwable reason) {
        frame.abandon(reason);
        if (frame.body instanceof NeverRun body) {
            body.abandoned();
        }
    }
}
