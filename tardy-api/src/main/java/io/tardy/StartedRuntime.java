package io.tardy;

import io.tardy.runtime.RuntimeThread;
import io.tardy.runtime.TransportChoice;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A runtime and what its loop runs in, from its start to its end. */
record StartedRuntime(TardyRuntime runtime, RuntimeThread thread) {

    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /**
     * Starts all runtimes of a Tardy, or none: each needs descriptors of its own, and a thread that
     * the system may refuse.
     */
    static List<StartedRuntime> startAll(
            TardyOptions options, TransportChoice choice, int runtimes) {
        List<StartedRuntime> made = new ArrayList<>(runtimes);
        int begun = 0;
        try {
            for (int id = 0; id < runtimes; id++) {
                RuntimeThread thread =
                        new RuntimeThread(id, options.threadName(), options.threadFactory());
                made.add(
                        new StartedRuntime(
                                new TardyRuntime(id, options, choice, null, thread), thread));
            }
            List<TardyRuntime> all = made.stream().map(StartedRuntime::runtime).toList();
            all.forEach(runtime -> runtime.owner().siblings(all));
            for (; begun < made.size(); begun++) {
                made.get(begun).begin();
            }
            return made;
        } catch (RuntimeException | Error e) {
            for (int i = 0; i < made.size(); i++) {
                made.get(i).end(i < begun);
            }
            throw e;
        }
    }

    /** Starts its thread. */
    private void begin() {
        try {
            runtime.eventLoop().execute(() -> {});
        } catch (OutOfMemoryError e) {
            if (!RuntimeThread.isRefused(e)) {
                throw e;
            }
            OutOfMemoryError told =
                    new OutOfMemoryError(
                            "the thread of runtime %d cannot be started (%s): raise the limit on"
                                            .formatted(runtime.id(), e.getMessage())
                                    + " threads (ulimit -u, or pids.max of the control group), or"
                                    + " have fewer runtimes");
            told.initCause(e);
            throw told;
        }
    }

    /** Ends it before its entry function was called. */
    private void end(boolean begun) {
        if (begun) {
            runtime.stop();
            thread.ended().join();
        } else {
            thread.endUnbegun(runtime.core().loop());
        }
    }

    /** Has it call the function, on its thread; completes when the runtime has ended. */
    <P extends @Nullable Object> CompletableFuture<Void> enter(
            P params, EntryFunction<P> function) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Throwable[] failure = new Throwable[1];
        Runnable entering =
                () -> {
                    try {
                        function.enter(runtime, params);
                    } catch (Throwable t) {
                        failure[0] = t;
                        tellIfOthersGoOn(t);
                        runtime.stop();
                    } finally {
                        runtime.core().entered();
                    }
                };
        try {
            runtime.eventLoop().execute(entering);
        } catch (RejectedExecutionException e) {
            LOGGER.log(Level.DEBUG, runtime + " was stopped before it was entered");
        }
        thread.ended()
                .whenComplete(
                        (nothing, never) -> {
                            Throwable cause =
                                    failure[0] != null ? failure[0] : runtime.core().failure();
                            if (cause == null) {
                                end.complete(null);
                            } else {
                                end.completeExceptionally(cause);
                            }
                        });
        return end;
    }

    /** An Error is thrown only once all have ended, which may be never. */
    private void tellIfOthersGoOn(Throwable failure) {
        if (failure instanceof Error && runtime.options().threading().runtimes() > 1) {
            LOGGER.log(
                    Level.ERROR,
                    "the entry function failed on " + runtime + "; the other runtimes go on",
                    failure);
        }
    }

    /** Completes when all have; the first failure has the others suppressed. */
    static CompletableFuture<Void> join(List<CompletableFuture<Void>> ends) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .whenComplete(
                        (nothing, anyFailure) -> {
                            Throwable first = null;
                            for (CompletableFuture<Void> end : ends) {
                                if (end.isCompletedExceptionally()) {
                                    Throwable failure = end.exceptionNow();
                                    if (first == null) {
                                        first = failure;
                                    } else if (first != failure) {
                                        first.addSuppressed(failure);
                                    }
                                }
                            }
                            if (first == null) {
                                all.complete(null);
                            } else {
                                all.completeExceptionally(first);
                            }
                        });
        return all;
    }
}
