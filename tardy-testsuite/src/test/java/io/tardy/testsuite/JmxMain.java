package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Tardy;
import io.tardy.Threading;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import javax.management.MBeanServer;
import javax.management.MBeanServerDelegate;
import javax.management.MBeanServerNotification;
import javax.management.ObjectName;

/**
 * A program for a JVM of its own: JMX fails with an error at the first runtime, and the second one
 * waits until it is registered.
 */
final class JmxMain {

    private static final CompletableFuture<Void> FAILED = new CompletableFuture<>();

    private JmxMain() {}

    public static void main(String[] args) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        server.addNotificationListener(
                MBeanServerDelegate.DELEGATE_NAME,
                (notification, handback) -> failOnce((MBeanServerNotification) notification),
                null,
                null);
        run("first", FAILED::join);
        ObjectName second = new ObjectName("io.tardy:type=Runtime,name=\"second-0\"");
        run(
                "second",
                () -> {
                    while (!server.isRegistered(second)) {
                        Frame.yield();
                    }
                });
        System.out.println("registered");
    }

    private static void failOnce(MBeanServerNotification seen) {
        if (seen.getMBeanName().getDomain().equals("io.tardy") && FAILED.complete(null)) {
            throw new OutOfMemoryError("of this test");
        }
    }

    private static void run(String name, FrameBody body) throws Exception {
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).threadName(name).build()) {
            tardy.run(body);
        }
    }
}
