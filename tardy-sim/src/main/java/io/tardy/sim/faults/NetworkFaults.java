package io.tardy.sim.faults;

import java.util.concurrent.TimeUnit;

/**
 * How a simulated network behaves, and what goes wrong in it how often.
 *
 * <p>A probability is from 0, never, to 1, always; it is drawn anew each time that the thing can
 * happen. Between a host and itself, so over its loopback addresses and over sockets of the Unix
 * domain, nothing is lost, reset or slow; reads, writes and selectors misbehave there too.
 *
 * @param latencyNanosMin the shortest time that anything is under way between two hosts, in
 *     nanoseconds
 * @param latencyNanosMax the longest, in nanoseconds
 * @param bytesPerSecond what goes through from one host to another in a second, in bytes; 0 for any
 *     number
 * @param segmentBytesMax the most bytes of a stream that arrive at once
 * @param segmentLoss the probability that a part of a stream is lost, and comes late because it is
 *     sent again
 * @param segmentReset the probability that a connection is reset while a part of a stream arrives;
 *     some of that part's bytes may have
 * @param connectLoss the probability that a listener drops an attempt to connect, as if its queue
 *     were full; it is made again after a second
 * @param partialRead the probability that a read gets fewer bytes than are there
 * @param partialWrite the probability that a write takes fewer bytes than there is room for
 * @param bufferBytesMin the least that one direction of a connection holds, under way and unread,
 *     in bytes; drawn for each
 * @param bufferBytesMax the most, in bytes
 * @param datagramLoss the probability that a datagram is lost
 * @param datagramCopy the probability that it arrives twice
 * @param datagramDelay the probability that it is late, so that others overtake it
 * @param datagramDelayNanosMax how late at most, in nanoseconds
 * @param selectShuffle the probability that a selector reports what is ready in another order than
 *     that in which it became so
 * @param selectLate the probability that a selector reports something ready later than it could
 * @param selectLateNanosMax how much later at most, in nanoseconds
 * @param selectSpurious the probability that a selector that would wait returns at once, with
 *     nothing
 * @param selectUnready the probability that a selector that would wait reports a channel that is
 *     not ready to be read from, written to or accepted from, as if another had been faster; never
 *     that a connect has ended
 */
public record NetworkFaults(
        long latencyNanosMin,
        long latencyNanosMax,
        long bytesPerSecond,
        int segmentBytesMax,
        double segmentLoss,
        double segmentReset,
        double connectLoss,
        double partialRead,
        double partialWrite,
        int bufferBytesMin,
        int bufferBytesMax,
        double datagramLoss,
        double datagramCopy,
        double datagramDelay,
        long datagramDelayNanosMax,
        double selectShuffle,
        double selectLate,
        long selectLateNanosMax,
        double selectSpurious,
        double selectUnready) {

    private static final int KIB = 1024;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a probability is not from 0 to 1, or a size or time makes
     *     no sense
     */
    public NetworkFaults {
        range("latencyNanos", 0, latencyNanosMin, latencyNanosMax);
        atLeast("bytesPerSecond", 0, bytesPerSecond);
        atLeast("segmentBytesMax", 1, segmentBytesMax);
        range("bufferBytes", 1, bufferBytesMin, bufferBytesMax);
        atLeast("datagramDelayNanosMax", 0, datagramDelayNanosMax);
        atLeast("selectLateNanosMax", 1, selectLateNanosMax);
        probability("segmentLoss", segmentLoss);
        probability("segmentReset", segmentReset);
        probability("connectLoss", connectLoss);
        probability("partialRead", partialRead);
        probability("partialWrite", partialWrite);
        probability("datagramLoss", datagramLoss);
        probability("datagramCopy", datagramCopy);
        probability("datagramDelay", datagramDelay);
        probability("selectShuffle", selectShuffle);
        probability("selectLate", selectLate);
        probability("selectSpurious", selectSpurious);
        probability("selectUnready", selectUnready);
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(
                    name + ": " + value + " is no probability, which is from 0 to 1");
        }
    }

    private static void atLeast(String name, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": " + value + ", must be at least " + least);
        }
    }

    private static void range(String name, long least, long min, long max) {
        atLeast(name + "Min", least, min);
        if (max < min) {
            throw new IllegalArgumentException(
                    name + "Max: " + max + " is less than " + name + "Min, which is " + min);
        }
    }

    /** A perfect network: 100 microseconds from host to host, and everything arrives whole. */
    public static NetworkFaults none() {
        return sizes().latencyNanos(
                        TimeUnit.MICROSECONDS.toNanos(100), TimeUnit.MICROSECONDS.toNanos(100))
                .segmentBytesMax(64 * KIB)
                .bufferBytes(256 * KIB, 256 * KIB)
                .build();
    }

    /** How late things are where they are late at all. */
    private static Builder sizes() {
        return new Builder()
                .datagramDelayNanosMax(TimeUnit.MILLISECONDS.toNanos(50))
                .selectLateNanosMax(TimeUnit.MILLISECONDS.toNanos(10));
    }

    /** Everything that can go wrong, now and then. */
    public static NetworkFaults all() {
        return sizes().latencyNanos(
                        TimeUnit.MICROSECONDS.toNanos(20), TimeUnit.MILLISECONDS.toNanos(5))
                .bytesPerSecond(12_500_000)
                .segmentBytesMax(1_460)
                .segmentLoss(0.01)
                .segmentReset(0.002)
                .connectLoss(0.05)
                .partialRead(0.2)
                .partialWrite(0.2)
                .bufferBytes(512, 256 * KIB)
                .datagramLoss(0.05)
                .datagramCopy(0.02)
                .datagramDelay(0.05)
                .selectShuffle(0.5)
                .selectLate(0.02)
                .selectSpurious(0.02)
                .selectUnready(0.02)
                .build();
    }

    /** Begins a change: {@code all().but().segmentReset(0).build()}. */
    public Builder but() {
        return new Builder(this);
    }

    /** Names the values that are to differ. Each is documented at the record's component. */
    public static final class Builder {
        private long latencyNanosMin;
        private long latencyNanosMax;
        private long bytesPerSecond;
        private int segmentBytesMax;
        private double segmentLoss;
        private double segmentReset;
        private double connectLoss;
        private double partialRead;
        private double partialWrite;
        private int bufferBytesMin;
        private int bufferBytesMax;
        private double datagramLoss;
        private double datagramCopy;
        private double datagramDelay;
        private long datagramDelayNanosMax;
        private double selectShuffle;
        private double selectLate;
        private long selectLateNanosMax;
        private double selectSpurious;
        private double selectUnready;

        private Builder() {}

        private Builder(NetworkFaults faults) {
            latencyNanosMin = faults.latencyNanosMin;
            latencyNanosMax = faults.latencyNanosMax;
            bytesPerSecond = faults.bytesPerSecond;
            segmentBytesMax = faults.segmentBytesMax;
            segmentLoss = faults.segmentLoss;
            segmentReset = faults.segmentReset;
            connectLoss = faults.connectLoss;
            partialRead = faults.partialRead;
            partialWrite = faults.partialWrite;
            bufferBytesMin = faults.bufferBytesMin;
            bufferBytesMax = faults.bufferBytesMax;
            datagramLoss = faults.datagramLoss;
            datagramCopy = faults.datagramCopy;
            datagramDelay = faults.datagramDelay;
            datagramDelayNanosMax = faults.datagramDelayNanosMax;
            selectShuffle = faults.selectShuffle;
            selectLate = faults.selectLate;
            selectLateNanosMax = faults.selectLateNanosMax;
            selectSpurious = faults.selectSpurious;
            selectUnready = faults.selectUnready;
        }

        /** Sets {@code latencyNanosMin} and {@code latencyNanosMax}. */
        public Builder latencyNanos(long min, long max) {
            latencyNanosMin = min;
            latencyNanosMax = max;
            return this;
        }

        /** Sets {@code bytesPerSecond}. */
        public Builder bytesPerSecond(long value) {
            bytesPerSecond = value;
            return this;
        }

        /** Sets {@code segmentBytesMax}. */
        public Builder segmentBytesMax(int value) {
            segmentBytesMax = value;
            return this;
        }

        /** Sets {@code segmentLoss}. */
        public Builder segmentLoss(double value) {
            segmentLoss = value;
            return this;
        }

        /** Sets {@code segmentReset}. */
        public Builder segmentReset(double value) {
            segmentReset = value;
            return this;
        }

        /** Sets {@code connectLoss}. */
        public Builder connectLoss(double value) {
            connectLoss = value;
            return this;
        }

        /** Sets {@code partialRead}. */
        public Builder partialRead(double value) {
            partialRead = value;
            return this;
        }

        /** Sets {@code partialWrite}. */
        public Builder partialWrite(double value) {
            partialWrite = value;
            return this;
        }

        /** Sets {@code bufferBytesMin} and {@code bufferBytesMax}. */
        public Builder bufferBytes(int min, int max) {
            bufferBytesMin = min;
            bufferBytesMax = max;
            return this;
        }

        /** Sets {@code datagramLoss}. */
        public Builder datagramLoss(double value) {
            datagramLoss = value;
            return this;
        }

        /** Sets {@code datagramCopy}. */
        public Builder datagramCopy(double value) {
            datagramCopy = value;
            return this;
        }

        /** Sets {@code datagramDelay}. */
        public Builder datagramDelay(double value) {
            datagramDelay = value;
            return this;
        }

        /** Sets {@code datagramDelayNanosMax}. */
        public Builder datagramDelayNanosMax(long value) {
            datagramDelayNanosMax = value;
            return this;
        }

        /** Sets {@code selectShuffle}. */
        public Builder selectShuffle(double value) {
            selectShuffle = value;
            return this;
        }

        /** Sets {@code selectLate}. */
        public Builder selectLate(double value) {
            selectLate = value;
            return this;
        }

        /** Sets {@code selectLateNanosMax}. */
        public Builder selectLateNanosMax(long value) {
            selectLateNanosMax = value;
            return this;
        }

        /** Sets {@code selectSpurious}. */
        public Builder selectSpurious(double value) {
            selectSpurious = value;
            return this;
        }

        /** Sets {@code selectUnready}. */
        public Builder selectUnready(double value) {
            selectUnready = value;
            return this;
        }

        /** The faults. */
        public NetworkFaults build() {
            return new NetworkFaults(
                    latencyNanosMin,
                    latencyNanosMax,
                    bytesPerSecond,
                    segmentBytesMax,
                    segmentLoss,
                    segmentReset,
                    connectLoss,
                    partialRead,
                    partialWrite,
                    bufferBytesMin,
                    bufferBytesMax,
                    datagramLoss,
                    datagramCopy,
                    datagramDelay,
                    datagramDelayNanosMax,
                    selectShuffle,
                    selectLate,
                    selectLateNanosMax,
                    selectSpurious,
                    selectUnready);
        }
    }
}
