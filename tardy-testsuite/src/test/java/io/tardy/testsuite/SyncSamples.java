package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Scope;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.net.Socket;
import io.tardy.sync.Barrier;
import io.tardy.sync.Condition;
import io.tardy.sync.Latch;
import io.tardy.sync.Mutex;
import io.tardy.sync.Semaphore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;

/** What {@code docs/sync.md} shows, compiled; {@link GuideTest} compares and runs it. */
final class SyncSamples {

    private SyncSamples() {}

    static void exchangeAlone(
            Mutex mutex, Socket connection, ByteBuffer question, ByteBuffer answer)
            throws IOException {
        try (var held = mutex.hold()) { // waits while another frame holds it
            connection.sendAll(question);
            connection.recvAll(answer);
        }
    }

    static void atMostEight(Scope scope, int requests, FrameBody request) {
        Semaphore connections = new Semaphore(8);
        for (int i = 0; i < requests; i++) {
            scope.fork(
                    () -> {
                        try (var held = connections.hold()) { // at most eight at once
                            request.run();
                        }
                    });
        }
    }

    static void startAll(Scope scope, int workers, FrameBody worker) throws IOException {
        Latch ready = new Latch(workers);
        for (int i = 0; i < workers; i++) {
            scope.fork(
                    () -> {
                        try {
                            worker.run();
                        } finally { // of one that fails too, or all would wait for ever
                            ready.countDown();
                        }
                    });
        }
        ready.await();
    }

    static void inSteps(Scope scope, int workers, int rounds, FrameBody worker) {
        Barrier step = new Barrier(workers);
        for (int i = 0; i < workers; i++) {
            scope.fork(
                    () -> {
                        for (int round = 0; round < rounds; round++) {
                            worker.run();
                            step.await(); // until all have done this step
                        }
                    });
        }
    }

    static <T> T takeFree(Mutex mutex, Condition changed, Queue<T> free) throws IOException {
        try (var held = mutex.hold()) {
            while (free.isEmpty()) { // another frame may have taken it
                changed.await(); // without the mutex, and with it again when it returns
            }
            return free.poll();
        }
    }

    interface Job {
        void run() throws IOException;
    }

    static void doAll(Scope scope, int workers, List<Job> todo) throws IOException {
        Channel<Job> jobs = Channel.buffered(16);
        for (int i = 0; i < workers; i++) {
            scope.fork(
                    () -> {
                        for (Job job; (job = jobs.next()) != null; ) { // until it is closed
                            job.run();
                        }
                    });
        }
        // A frame of the scope too: where all workers have failed, it would wait for ever.
        scope.fork(
                () -> {
                    for (Job job : todo) {
                        jobs.send(job); // waits while sixteen wait to be done
                    }
                    jobs.close();
                });
        scope.join();
    }

    static String see(Channel<String> orders, Channel<String> news, Channel<String> lamps)
            throws IOException {
        String seen =
                new Select<String>()
                        .recv(orders, order -> "order " + order)
                        .next(news, item -> item == null ? "no more news" : item)
                        .send(lamps, "on", () -> "switched on")
                        .after(Duration.ofSeconds(1), () -> "nothing happened")
                        .run();
        return seen;
    }

    static String seeOthers(Frame<String> lookup, Socket peer, ByteBuffer into) throws IOException {
        String seen =
                new Select<String>()
                        .join(lookup, address -> "found " + address)
                        .readable(peer, () -> "received " + peer.recv(into))
                        .after(Duration.ofSeconds(1), () -> "nothing happened")
                        .run();
        return seen;
    }
}
