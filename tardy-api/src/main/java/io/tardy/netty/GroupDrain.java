package io.tardy.netty;

import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.TardyEventLoop;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Ends a group in a drain as soon as none of its loops has anything left to do; all at once, for
 * what is left on one may need the channels of another. Each loop looks at itself, and then has the
 * next one look. Two rounds have to find nothing: a frame may have been given to a loop behind the
 * first look at it.
 */
final class GroupDrain {

    private static final long LOOK_MILLIS = 10;

    private final List<RuntimeCore> runtimes;
    private final Runnable end;

    // Of the loop whose turn it is.
    private int turn;
    private int idle;

    /**
     * @param end ends the group; on one of its loops, or here if they have all ended
     */
    GroupDrain(List<RuntimeCore> runtimes, Runnable end) {
        this.runtimes = runtimes;
        this.end = end;
    }

    void begin() {
        next();
    }

    /** Has the loop look whose turn it is; one that has ended is passed over. */
    private void next() {
        while (idle < 2 * runtimes.size()) {
            try {
                runtimes.get(turn).loop().execute(this::look);
                return;
            } catch (RejectedExecutionException e) {
                pass();
            }
        }
        end.run();
    }

    private void pass() {
        idle++;
        turn = (turn + 1) % runtimes.size();
    }

    private void look() {
        RuntimeCore here = runtimes.get(turn);
        if (here.isDrained()) {
            pass();
            next();
            return;
        }
        idle = 0;
        lookLater(here.loop());
    }

    private void lookLater(TardyEventLoop loop) {
        if (loop.isShuttingDown()) {
            awaitEnd(loop);
            return;
        }
        loop.schedule(this::look, LOOK_MILLIS, TimeUnit.MILLISECONDS)
                .addListener(
                        look -> {
                            if (look.isCancelled()) { // by the loop's end
                                awaitEnd(loop);
                            }
                        });
    }

    /** It ends without us: a stop, or a failure. What is scheduled there never comes. */
    private void awaitEnd(TardyEventLoop loop) {
        loop.terminationFuture().addListener(ended -> next());
    }
}
