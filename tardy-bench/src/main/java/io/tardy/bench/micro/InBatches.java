package io.tardy.bench.micro;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures steps in batches, as nanoseconds of a step. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
abstract class InBatches {

    /** Steps of a batch: a multiple of each width. */
    static final int COUNT = 6_400;

    /** The steps of each of so many that take them at once. */
    static int countOfEach(int width) {
        require(0, COUNT % width);
        return COUNT / width;
    }

    /** Throws if the batch has not done what it says. */
    static void requireBatch(long steps) {
        require(COUNT, steps);
    }

    static void require(long expected, long steps) {
        if (steps != expected) {
            throw new IllegalStateException(steps + " steps, and not " + expected);
        }
    }
}
