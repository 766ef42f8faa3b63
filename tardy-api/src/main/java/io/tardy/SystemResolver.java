package io.tardy;

import io.tardy.aio.TardyIOException;
import io.tardy.os.BlockingThreads;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The system's resolver neither suspends a frame nor can it be interrupted: threads of the whole
 * process ask it, so that a frame that has given up need not wait for its answer.
 */
final class SystemResolver implements NameResolver {

    static final SystemResolver ONLY = new SystemResolver();

    /** So many lookups go on at the same time; others queue, one for each frame that waits. */
    private static final int LOOKUPS_MAX = 64;

    private static final long IDLE_SECONDS = 1;

    private static final ThreadPoolExecutor THREADS = newThreads();

    private SystemResolver() {}

    private static ThreadPoolExecutor newThreads() {
        ThreadPoolExecutor made =
                new ThreadPoolExecutor(
                        LOOKUPS_MAX,
                        LOOKUPS_MAX,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new BlockingThreads("tardy-lookup"));
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    @Override
    public List<InetAddress> resolve(String host) throws TardyIOException, UnknownHostException {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        Simulation simulation = runtime == null ? null : runtime.settings().simulation();
        if (simulation != null) {
            return List.of(simulation.lookUp(host));
        }
        return List.of(
                TardyRuntime.isInFrame()
                        ? resolveOnOtherThread(host)
                        : InetAddress.getAllByName(host));
    }

    private static InetAddress[] resolveOnOtherThread(String host)
            throws TardyIOException, UnknownHostException {
        CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
        Runnable lookup = () -> resolve(host, found);
        THREADS.execute(lookup);
        try {
            return TardyRuntime.current().await(found);
        } catch (TardyIOException | UnknownHostException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("no lookup throws it", e);
        } finally {
            if (found.cancel(false)) {
                THREADS.remove(lookup); // or the queue would grow while the resolver hangs
            }
        }
    }

    private static void resolve(String host, CompletableFuture<InetAddress[]> found) {
        if (found.isDone()) {
            return; // given up while it was queued
        }
        try {
            found.complete(InetAddress.getAllByName(host));
        } catch (Throwable t) {
            found.completeExceptionally(t);
        }
    }

    @Override
    public String toString() {
        return "the system's resolver";
    }
}
