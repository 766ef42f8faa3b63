package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.UncaughtFrameHandler;
import java.io.IOException;

/** For servers, which lose a connection now and then, and must have no other failure. */
final class BrokenConnections implements UncaughtFrameHandler {

    private Throwable other;

    @Override
    public void uncaught(Frame<?> frame, Throwable failure) {
        if (!(failure instanceof IOException)) {
            other = failure;
        }
    }

    /** At the end of a scenario. */
    void requireNoOther() {
        if (other != null) {
            throw new AssertionError(other);
        }
    }
}
