package io.tardy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.RuntimeLog;
import io.tardy.runtime.RuntimeOwner;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the core knows of its runtime. */
final class CoreOwner implements RuntimeOwner {

    private final TardyRuntime runtime;
    private final AtomicLong stalls = new AtomicLong();

    /** Null of a group's until somebody asks. */
    private volatile @Nullable List<TardyRuntime> siblings;

    CoreOwner(TardyRuntime runtime) {
        this.runtime = runtime;
    }

    TardyRuntime runtime() {
        return runtime;
    }

    /** See {@link TardyRuntime#siblings}; any thread. */
    List<TardyRuntime> siblings() {
        List<TardyRuntime> known = siblings;
        if (known == null) {
            known = ofGroup();
            siblings = known;
        }
        return known;
    }

    /** Those of an entry know each other before they start. */
    void siblings(List<TardyRuntime> all) {
        siblings = all;
    }

    private List<TardyRuntime> ofGroup() {
        EventLoopGroup group = runtime.eventLoop().parent();
        if (group == null) {
            return List.of(runtime);
        }
        List<TardyRuntime> all = new ArrayList<>();
        for (EventExecutor loop : group) {
            all.add(TardyRuntime.of(RuntimeCore.of((IoEventLoop) loop)));
        }
        return List.copyOf(all);
    }

    long stalls() {
        return stalls.get();
    }

    @Override
    public void stalled(
            Duration atLeast,
            Thread holder,
            List<StackTraceElement> stack,
            Object lock,
            String lockOwner) {
        stalls.incrementAndGet();
        try {
            Stall stall = new Stall(atLeast, holder, stack, lock, lockOwner);
            runtime.options().stalled().stalled(runtime, stall);
        } catch (Throwable e) { // in other languages it may be a checked one
            RuntimeLog.log(Level.ERROR, "the handler of stalls failed", e);
        }
    }
}
