package io.tardy.bench.micro;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The timers that are pending meanwhile. */
@State(Scope.Benchmark)
public class Others {

    @Param({"0", "1000000"})
    public int pending;

    /** Of the first runtime's frames. */
    @State(Scope.Benchmark)
    public static class OfFrames {

        @Setup
        public void arm(Runtimes runtimes, Others others) throws Exception {
            runtimes.run(() -> Pending.frames(runtimes.first(), others.pending));
        }
    }

    /** Of the first of Netty's loops. */
    @State(Scope.Benchmark)
    public static class OfLoops {

        @Setup
        public void arm(Loops loops, Others others) throws Exception {
            loops.run(
                    end -> {
                        Pending.tasks(loops.first(), others.pending);
                        end.setSuccess(null);
                    });
        }
    }

    /** Of an executor of the JDK's. */
    @State(Scope.Benchmark)
    public static class OfExecutor {

        ScheduledThreadPoolExecutor executor;

        @Setup
        public void arm(Others others) {
            executor = new ScheduledThreadPoolExecutor(1);
            executor.setRemoveOnCancelPolicy(true);
            Pending.tasks(executor, others.pending);
        }

        @TearDown
        public void end() {
            executor.shutdownNow();
        }
    }
}
