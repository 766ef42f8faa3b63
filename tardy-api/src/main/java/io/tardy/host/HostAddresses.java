package io.tardy.host;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.tardy.TardyRuntime;
import io.tardy.aio.ConnectError;
import io.tardy.aio.TardyIOException;
import io.tardy.runtime.RuntimeCore;
import io.tardy.runtime.Simulation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The addresses of hosts, of which there may be several. The system's resolver neither suspends a
 * frame nor can it be interrupted: threads of the whole process ask it, so that a frame that has
 * given up need not wait for its answer.
 */
public final class HostAddresses {

    /** So many lookups go on at the same time; others queue, one for each frame that waits. */
    private static final int LOOKUPS_MAX = 64;

    private static final long IDLE_SECONDS = 1;

    private static final ThreadPoolExecutor THREADS = newThreads();

    private HostAddresses() {}

    private static ThreadPoolExecutor newThreads() {
        ThreadPoolExecutor made =
                new ThreadPoolExecutor(
                        LOOKUPS_MAX,
                        LOOKUPS_MAX,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        new DefaultThreadFactory("tardy-lookup", true));
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    /**
     * At least one, in the order of trying. A name is looked up, for which a frame waits; outside
     * of a frame this blocks.
     *
     * @throws TardyIOException if the name is unknown
     * @throws IllegalArgumentException if there is no such port
     */
    public static List<InetSocketAddress> of(String host, int port) throws TardyIOException {
        InetSocketAddress.createUnresolved(host, port); // refuses null and other ports
        try {
            return List.of(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IllegalArgumentException e) {
            return lookUp(host).stream().map(ip -> new InetSocketAddress(ip, port)).toList();
        }
    }

    private static List<InetAddress> lookUp(String host) throws TardyIOException {
        try {
            Simulation simulation = simulation();
            if (simulation != null) {
                return List.of(simulation.lookUp(host));
            }
            return alternating(
                    TardyRuntime.isInFrame()
                            ? lookUpOnOtherThread(host)
                            : InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            TardyIOException failure =
                    new TardyIOException(
                            "lookup",
                            ConnectError.ADDRESS_NOT_AVAILABLE,
                            0,
                            "unknown host " + host);
            failure.initCause(e);
            throw failure;
        }
    }

    private static Simulation simulation() {
        RuntimeCore runtime = RuntimeCore.currentOrNull();
        return runtime == null ? null : runtime.settings().simulation();
    }

    private static InetAddress[] lookUpOnOtherThread(String host)
            throws TardyIOException, UnknownHostException {
        CompletableFuture<InetAddress[]> found = new CompletableFuture<>();
        Runnable lookup = () -> lookUp(host, found);
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

    private static void lookUp(String host, CompletableFuture<InetAddress[]> found) {
        if (found.isDone()) {
            return; // given up while it was queued
        }
        try {
            found.complete(InetAddress.getAllByName(host));
        } catch (Throwable t) {
            found.completeExceptionally(t);
        }
    }

    /** The families take turns, so that one that does not work costs one attempt (RFC 8305). */
    static List<InetAddress> alternating(InetAddress[] all) {
        Queue<InetAddress> preferred = new ArrayDeque<>();
        Queue<InetAddress> others = new ArrayDeque<>();
        for (InetAddress address : new LinkedHashSet<>(Arrays.asList(all))) {
            (address.getClass() == all[0].getClass() ? preferred : others).add(address);
        }
        List<InetAddress> turns = new ArrayList<>();
        while (!preferred.isEmpty() || !others.isEmpty()) {
            if (!preferred.isEmpty()) {
                turns.add(preferred.remove());
            }
            if (!others.isEmpty()) {
                turns.add(others.remove());
            }
        }
        return turns;
    }
}
