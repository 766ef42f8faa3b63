package io.tardy.bench.micro;

import io.tardy.Scope;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** One has two others compute something, and waits for both. */
public class Scopes extends InBatches {

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () -> {
                    int sum = 0;
                    for (int i = 0; i < COUNT; i++) {
                        sum += sumOfScope();
                    }
                    requireBatch(sum);
                });
    }

    private static int sumOfScope() throws Exception {
        try (Scope scope = Scope.open()) {
            var left = scope.forkCall(() -> 0);
            var right = scope.forkCall(() -> 1);
            scope.join();
            return left.join() + right.join();
        }
    }

    /** By an executor that ends with them. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.run(
                () -> {
                    int sum = 0;
                    for (int i = 0; i < COUNT; i++) {
                        sum += sumOfExecutor();
                    }
                    requireBatch(sum);
                });
    }

    private static int sumOfExecutor() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> left = executor.submit(() -> 0);
            Future<Integer> right = executor.submit(() -> 1);
            return left.get() + right.get();
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void coroutines() {
        requireBatch(Coroutines.sumOfScopes(COUNT));
    }
}
