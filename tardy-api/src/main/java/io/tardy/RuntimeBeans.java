package io.tardy;

import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Registers runtimes with JMX if the system property {@code io.tardy.jmx} is {@code true}. It is
 * not by default: the JVM's registry of beans takes time and memory to begin, and the module {@code
 * java.management}, which need not be there.
 */
final class RuntimeBeans {

    private static final boolean ARE_WANTED = Boolean.getBoolean("io.tardy.jmx");
    private static final System.Logger LOGGER = System.getLogger("io.tardy");

    /** With as many of the same name there is something wrong. */
    private static final int SAME_NAME_MAX = 10_000;

    /** Those that are to be registered. */
    private static final Queue<TardyRuntime> WAITING = new ConcurrentLinkedQueue<>();

    /** Whether a thread does that. */
    private static final AtomicBoolean REGISTERS = new AtomicBoolean();

    private RuntimeBeans() {}

    /**
     * Soon the runtime is there, if it is wanted, until its loop has ended. One thread for all sees
     * to that, for the registry takes longer to begin than the runtime.
     */
    static void register(TardyRuntime runtime) {
        if (!ARE_WANTED) {
            return;
        }
        WAITING.add(runtime);
        if (REGISTERS.compareAndSet(false, true)) {
            try {
                Thread.ofPlatform().daemon().name("tardy-jmx").start(RuntimeBeans::registerAll);
            } catch (OutOfMemoryError e) { // there is no thread
                REGISTERS.set(false);
                // Others have perhaps counted on that thread.
                for (TardyRuntime next; (next = WAITING.poll()) != null; ) {
                    LOGGER.log(Level.WARNING, next + " is not registered with JMX: " + e);
                }
            }
        }
    }

    private static void registerAll() {
        do {
            for (TardyRuntime next; (next = WAITING.poll()) != null; ) {
                registerNow(next);
            }
            REGISTERS.set(false);
        } while (!WAITING.isEmpty() && REGISTERS.compareAndSet(false, true));
    }

    private static void registerNow(TardyRuntime runtime) {
        try {
            Registry.register(runtime);
        } catch (RuntimeException | Error e) { // the next ones are registered all the same
            warn(runtime, e);
        }
    }

    private static void warn(TardyRuntime runtime, Throwable cause) {
        LOGGER.log(
                Level.WARNING,
                runtime
                        + " is not registered with JMX, as -Dio.tardy.jmx=true asks; is the"
                        + " module java.management there?",
                cause);
    }

    /**
     * Apart, so that it is loaded only where it is wanted: the JVM loads what a class catches when
     * it verifies that class.
     */
    private static final class Registry {

        private static void register(TardyRuntime runtime) {
            try {
                registerBean(runtime);
            } catch (JMException e) {
                throw new IllegalStateException(e);
            }
        }

        private static void registerBean(TardyRuntime runtime) throws JMException {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName name = registered(server, runtime);
            runtime.eventLoop()
                    .terminationFuture()
                    .addListener(
                            ended -> {
                                if (server.isRegistered(name)) {
                                    server.unregisterMBean(name);
                                }
                            });
        }

        private static ObjectName registered(MBeanServer server, TardyRuntime runtime)
                throws JMException {
            String plain = runtime.options().threadName() + "-" + runtime.id();
            RuntimeBean bean = new RuntimeBean(runtime);
            for (int number = 1; number < SAME_NAME_MAX; number++) {
                String unique = number == 1 ? plain : plain + "#" + number;
                try {
                    ObjectName name =
                            new ObjectName(
                                    "io.tardy:type=Runtime,name=" + ObjectName.quote(unique));
                    server.registerMBean(bean, name);
                    return name;
                } catch (InstanceAlreadyExistsException e) {
                    // of another entry or group whose threads have the same name
                }
            }
            throw new JMException("there are " + SAME_NAME_MAX + " of that name");
        }
    }
}
