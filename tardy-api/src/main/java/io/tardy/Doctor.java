package io.tardy;

import io.netty.util.internal.PlatformDependent;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.os.NativeLibrary;
import io.tardy.runtime.FrameFactory;
import io.tardy.runtime.NettyVersion;
import io.tardy.runtime.TransportChoice;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tells in plain words what Tardy finds on this machine. */
public final class Doctor {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final List<String> SHOWN =
            List.of("Max open files", "Max locked memory", "Max processes");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path URING_SYSCTL = Path.of("/proc/sys/kernel/io_uring_disabled");

    private Doctor() {}

    /** The findings, a line each. Changes nothing; may be called from any thread. */
    public static List<String> report() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "system: %s %s, %s, %d processors; Threading.auto() is %d"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors(),
                                Threading.auto().runtimes()));
        lines.add("java: " + Runtime.version() + ", " + System.getProperty("java.vm.name"));
        lines.add("frames: " + frames());
        lines.add("netty: " + NettyVersion.found());
        NettyVersion.refusal()
                .ifPresentOrElse(
                        refusal -> lines.add("transports: none can run; " + refusal),
                        () -> addTransports(lines));
        lines.add("native libraries: " + NativeLibrary.describePlace());
        addLimits(lines);
        addContainer(lines);
        return lines;
    }

    private static String frames() {
        try {
            FrameFactory.requireUsable();
            return "can be made: the JVM has the flag that they need";
        } catch (RuntimeException e) {
            return "cannot be made: " + e.getMessage();
        }
    }

    private static void addTransports(List<String> lines) {
        Map<AsyncType, Transport> found = TransportChoice.available();
        for (AsyncType type :
                List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.KQUEUE, AsyncType.POLL)) {
            Transport transport = found.get(type);
            String finding =
                    transport == null
                            ? TransportChoice.missing(type)
                            : transport.unavailableBecause().orElse("works");
            lines.add("transport " + type.label() + ": " + finding);
        }
        try {
            lines.add("auto would run on: " + TransportChoice.auto().transport().type().label());
        } catch (TransportUnavailableException e) {
            lines.add("auto would fail: " + e.getMessage());
        }
    }

    private static void addLimits(List<String> lines) {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (SHOWN.stream().anyMatch(line::startsWith)) {
                    String[] columns = line.split(" {2,}");
                    lines.add(
                            "limit %s: %s, can be raised to %s"
                                    .formatted(columns[0].substring(4), columns[1], columns[2]));
                }
            }
            if (Files.exists(URING_SYSCTL)) {
                lines.add(
                        "sysctl kernel.io_uring_disabled: "
                                + Files.readString(URING_SYSCTL).strip());
            }
        } catch (IOException e) {
            lines.add("limits: cannot be read here (" + e.getMessage() + ")");
        }
    }

    /** What a container changes, and only what is not as usual. */
    private static void addContainer(List<String> lines) {
        lines.addAll(
                new ControlGroups(Path.of("/"))
                        .describe(
                                Runtime.getRuntime().maxMemory(),
                                PlatformDependent.maxDirectMemory()));
        if (isFiltered()) {
            lines.add("seccomp: a filter refuses some system calls");
        }
        if (ProcessHandle.current().pid() == 1) {
            lines.add(
                    "process: number 1; what its child processes leave behind stays as zombies, so"
                            + " start the container with an init (docker run --init) if there are"
                            + " any");
        }
    }

    private static boolean isFiltered() {
        try {
            return Files.readAllLines(STATUS).contains("Seccomp:\t2");
        } catch (IOException e) {
            return false; // not Linux
        }
    }
}
