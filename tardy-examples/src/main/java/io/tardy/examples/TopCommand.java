package io.tardy.examples;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Asks a JVM on this machine, by its local JMX agent, what the frames of its runtimes wait for. It
 * must be of the same user.
 */
@Command(
        name = "top",
        description = "What the frames of a running server wait for, and since when.",
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {

    private static final long PATIENCE_SECONDS = 10;
    private static final int LOOKS = 20;
    private static final int LOOK_MILLIS = 50;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "PID", description = "The process of the server.")
    private String pid;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            description = "Ask again and again; 0 for once (default: 0).")
    private int everySeconds = 0;

    @Override
    public Integer call() throws InterruptedException {
        if (everySeconds < 0) {
            throw new IllegalStateException("--every " + everySeconds + " is negative");
        }
        if (!pid.matches("\\d+")) {
            throw new IllegalStateException("'" + pid + "' is no number of a process");
        }
        PrintWriter out = spec.commandLine().getOut();
        JMXConnector connector = within(this::connect);
        try {
            MBeanServerConnection server = within(connector::getMBeanServerConnection);
            for (; ; ) {
                runtimes(server).forEach(text -> out.println(text + System.lineSeparator()));
                if (out.checkError() || everySeconds == 0) { // nobody reads on, or once is enough
                    return 0;
                }
                TimeUnit.SECONDS.sleep(everySeconds);
            }
        } finally {
            close(connector);
        }
    }

    /** Says good-bye, to which a process that was stopped would not answer. */
    private void close(JMXConnector connector) throws InterruptedException {
        FutureTask<Void> closed =
                new FutureTask<>(
                        () -> {
                            connector.close();
                            return null;
                        });
        Thread.ofPlatform().daemon().name("leaves-" + pid).start(closed);
        try {
            closed.get(1, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The process has ended meanwhile, or is silent. What it had to say is printed.
        }
    }

    /** Its JVM may be stopped, or busy with a collection, and then never answer. */
    private <T> T within(Callable<T> question) throws InterruptedException {
        FutureTask<T> answer = new FutureTask<>(question);
        Thread.ofPlatform().daemon().name("asks-" + pid).start(answer);
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "process " + pid + " does not answer within " + PATIENCE_SECONDS + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IllegalStateException said) {
                throw said;
            }
            throw new IllegalStateException(
                    "process " + pid + " cannot be asked: " + e.getCause(), e.getCause());
        }
    }

    private JMXConnector connect() throws IOException {
        String address;
        try {
            VirtualMachine machine = VirtualMachine.attach(pid);
            try {
                address = machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | IOException e) {
            throw new IllegalStateException(
                    "process "
                            + pid
                            + " is no JVM of this user's that lets itself be asked: "
                            + e.getMessage(),
                    e);
        }
        return JMXConnectorFactory.connect(new JMXServiceURL(address));
    }

    /** All at the same time, for one that is held takes half a second to say so. */
    private List<String> runtimes(MBeanServerConnection server) throws InterruptedException {
        Set<ObjectName> names = within(() -> names(server));
        if (names.isEmpty()) {
            throw new IllegalStateException(
                    "process "
                            + pid
                            + " has no runtime that JMX knows of: start it with"
                            + " -Dio.tardy.jmx=true");
        }
        List<FutureTask<String>> answers = new ArrayList<>();
        for (ObjectName name : names) {
            FutureTask<String> answer = new FutureTask<>(() -> dump(server, name));
            answers.add(answer);
            Thread.ofPlatform().daemon().name("asks " + name).start(answer);
        }
        List<String> texts = new ArrayList<>();
        for (FutureTask<String> answer : answers) {
            texts.add(within(answer::get));
        }
        return texts;
    }

    /** Of a JVM that has just started they may come a moment later. */
    private static Set<ObjectName> names(MBeanServerConnection server)
            throws IOException, JMException, InterruptedException {
        ObjectName runtimes = new ObjectName("io.tardy:type=Runtime,*");
        Set<ObjectName> names = server.queryNames(runtimes, null);
        for (int look = 1; look < LOOKS && names.isEmpty(); look++) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            names = server.queryNames(runtimes, null);
        }
        return new TreeSet<>(names);
    }

    /** One after the other, of the JVM with an agent there. */
    static List<String> dumps(JMXServiceURL address)
            throws IOException, JMException, InterruptedException {
        try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
            MBeanServerConnection server = connector.getMBeanServerConnection();
            List<String> dumps = new ArrayList<>();
            for (ObjectName name : names(server)) {
                dumps.add(dump(server, name));
            }
            return dumps;
        }
    }

    /** Of one runtime, which may have ended since it was listed. */
    static String dump(MBeanServerConnection server, ObjectName name)
            throws IOException, JMException {
        String label = ObjectName.unquote(name.getKeyProperty("name"));
        try {
            return label + ", " + server.invoke(name, "dump", null, null);
        } catch (InstanceNotFoundException e) {
            return label + " has just ended";
        }
    }
}
