package io.tardy.libraries;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Netty's leak detector, which remembers what it reports. Netty makes one for each kind of resource
 * where {@code io.netty.customResourceLeakDetector} names this class.
 */
public final class LeakRecorder<T> extends ResourceLeakDetector<T> {

    private static final List<LeakRecorder<?>> RECORDERS = new CopyOnWriteArrayList<>();
    private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

    /** As Netty wants it. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
        RECORDERS.add(this);
    }

    /** As Netty wanted it once; it logs an error where this one is missing. */
    public LeakRecorder(Class<?> resourceType, int samplingInterval, long maxActive) {
        this(resourceType, samplingInterval);
    }

    /** What was reported since the last call, after having the collector's finds looked at. */
    static List<String> takeReports() {
        RECORDERS.forEach(LeakRecorder::look);
        List<String> reports = List.copyOf(REPORTS);
        REPORTS.removeAll(reports);
        return reports;
    }

    /** Leaks are looked for where something new is tracked. */
    @SuppressWarnings("unchecked")
    private void look() {
        T something = (T) new Object();
        ResourceLeakTracker<T> tracker = trackForcibly(something);
        tracker.close(something);
    }

    @Override
    protected boolean needReport() {
        return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTS.add(resourceType);
    }
}
