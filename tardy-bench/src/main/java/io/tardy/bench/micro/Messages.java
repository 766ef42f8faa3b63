package io.tardy.bench.micro;

import io.tardy.Frame;
import io.tardy.channel.Spsc;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One sends another on another thread a message through a bounded channel. */
public class Messages extends InBatches {

    private static final int CAPACITY = 1024;

    private final Object message = new Object();

    /** By an {@link Spsc}. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        Spsc<Object> channel = new Spsc<>(CAPACITY);
        Frame<Integer> receiving =
                runtimes.second()
                        .spawnCall(
                                () -> {
                                    try (var consumer = channel.consumer(runtimes.second())) {
                                        return receive(consumer);
                                    }
                                });
        runtimes.run(
                () -> {
                    try (var producer = channel.producer(runtimes.first())) {
                        for (int i = 0; i < COUNT; i++) {
                            producer.send(message);
                        }
                        receiving.join();
                    }
                });
        requireBatch(receiving.join());
    }

    private int receive(Spsc<Object>.Consumer consumer) throws Exception {
        int received = 0;
        while (received < COUNT && consumer.recv() == message) {
            received++;
        }
        return received;
    }

    /** By an {@code ArrayBlockingQueue}. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        BlockingQueue<Object> queue = new ArrayBlockingQueue<>(CAPACITY);
        FutureTask<?> receiving =
                VirtualThreads.start(
                        () -> {
                            int received = 0;
                            while (received < COUNT && queue.take() == message) {
                                received++;
                            }
                            requireBatch(received);
                        });
        VirtualThreads.run(
                () -> {
                    for (int i = 0; i < COUNT; i++) {
                        queue.put(message);
                    }
                });
        receiving.get();
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        requireBatch(Coroutines.send(CAPACITY, COUNT));
    }

    /** A task for each message; nothing bounds them. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyTasks(Loops loops) throws Exception {
        loops.run(
                end -> {
                    int[] received = new int[1];
                    Runnable receive =
                            () -> {
                                if (++received[0] == COUNT) {
                                    end.setSuccess(null);
                                }
                            };
                    for (int i = 0; i < COUNT; i++) {
                        loops.second().execute(receive);
                    }
                });
    }
}
