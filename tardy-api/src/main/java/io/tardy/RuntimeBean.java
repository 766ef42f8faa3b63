package io.tardy;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.TaskState;
import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;

/**
 * A runtime for JMX: its counters as attributes, and its dump as an operation. Whoever asks does so
 * on a thread of the JDK's. It keeps no runtime from the collector.
 */
final class RuntimeBean implements DynamicMBean {

    private static final String RUNTIME = "Runtime";
    private static final String DUMP = "dump";

    /** Of one that was never started, and that nobody refers to. */
    private static final String GONE = "the runtime is gone";

    private static final Map<String, ToLongFunction<RuntimeStats>> COUNTERS = counters();

    private final WeakReference<TardyRuntime> runtime;

    RuntimeBean(TardyRuntime runtime) {
        this.runtime = new WeakReference<>(runtime);
    }

    private static Map<String, ToLongFunction<RuntimeStats>> counters() {
        Map<String, ToLongFunction<RuntimeStats>> counters = new LinkedHashMap<>();
        counters.put("Frames", RuntimeStats::frames);
        counters.put("FramesRunnable", stats -> stats.frames(TaskState.RUNNABLE));
        counters.put("FramesBegun", RuntimeStats::framesBegun);
        counters.put("FramesEnded", RuntimeStats::framesEnded);
        counters.put("FramesFailed", RuntimeStats::framesFailed);
        counters.put("Operations", RuntimeStats::operations);
        counters.put("OperationsWaited", RuntimeStats::operationsWaited);
        for (AsyncOp op : AsyncOp.values()) {
            String name =
                    op.label().substring(0, 1).toUpperCase(Locale.ROOT) + op.label().substring(1);
            counters.put("Operations" + name, stats -> stats.operations(op));
        }
        counters.put("Turns", RuntimeStats::turns);
        counters.put("TurnsIdle", RuntimeStats::turnsIdle);
        counters.put("Timers", RuntimeStats::timers);
        counters.put("TimersExpired", RuntimeStats::timersExpired);
        counters.put("PoolJobs", RuntimeStats::poolJobs);
        counters.put("PoolJobsStarted", RuntimeStats::poolJobsStarted);
        counters.put("PoolJobsRefused", RuntimeStats::poolJobsRefused);
        counters.put("LentBuffers", RuntimeStats::lentBuffers);
        counters.put("SpareBuffers", RuntimeStats::spareBuffers);
        counters.put("Stalls", RuntimeStats::stalls);
        return counters;
    }

    private TardyRuntime runtime() {
        TardyRuntime found = runtime.get();
        if (found == null) {
            throw new IllegalStateException(GONE);
        }
        return found;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        if (name.equals(RUNTIME)) {
            return runtime().toString();
        }
        ToLongFunction<RuntimeStats> counter = COUNTERS.get(name);
        if (counter == null) {
            throw new AttributeNotFoundException(name);
        }
        return counter.applyAsLong(runtime().stats());
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList found = new AttributeList();
        RuntimeStats stats = runtime().stats(); // one reading for all
        for (String name : names) {
            ToLongFunction<RuntimeStats> counter = COUNTERS.get(name);
            if (counter != null) {
                found.add(new Attribute(name, counter.applyAsLong(stats)));
            } else if (name.equals(RUNTIME)) {
                found.add(new Attribute(name, runtime().toString()));
            }
        }
        return found;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " is only to be read");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(
            String operation, Object @Nullable [] arguments, String @Nullable [] signature)
            throws ReflectionException {
        if (!operation.equals(DUMP) || arguments != null && arguments.length > 0) {
            throw new ReflectionException(new NoSuchMethodException(operation));
        }
        TardyRuntime found = runtime.get();
        return found == null ? GONE : found.dump() + System.lineSeparator() + "  " + found.stats();
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        return new MBeanInfo(
                RuntimeBean.class.getName(),
                "A runtime of Tardy",
                Stream.concat(
                                Stream.of(attribute(RUNTIME, "java.lang.String")),
                                COUNTERS.keySet().stream().map(name -> attribute(name, "long")))
                        .toArray(MBeanAttributeInfo[]::new),
                null,
                new MBeanOperationInfo[] {
                    new MBeanOperationInfo(
                            DUMP,
                            "What its frames wait for, and since when",
                            null,
                            "java.lang.String",
                            MBeanOperationInfo.INFO)
                },
                null);
    }

    private static MBeanAttributeInfo attribute(String name, String type) {
        return new MBeanAttributeInfo(name, type, name, true, false, false);
    }
}
