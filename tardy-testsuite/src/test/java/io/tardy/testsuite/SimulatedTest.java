package io.tardy.testsuite;

import io.netty.util.concurrent.EventExecutor;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.Signal;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import io.tardy.aio.SocketKind;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.faults.Faults;
import io.tardy.sim.faults.NetworkFaults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;
import org.opentest4j.TestAbortedException;

/** The contracts in a simulated world: each test is a scenario, and runs once for each seed. */
@ParameterizedClass(name = "seed {0}, faults: {1}")
@CsvSource({"1, false", "2, true", "3, true"})
@ExtendWith({SimulatedTest.LeavesOut.class, SimulatedTest.InScenario.class})
class SimulatedTest implements TransportContract {

    @Parameter(0)
    long seed;

    /** Whether the system does all that a kernel may do, too, but seldom does. */
    @Parameter(1)
    boolean hasFaults;

    private SimHost host;

    @Override
    public AsyncType transport() {
        return AsyncType.CUSTOM;
    }

    @Override
    public String label() {
        return "simulated";
    }

    @Override
    public Set<AsyncOp> nativeOps() {
        return EnumSet.allOf(AsyncOp.class);
    }

    @Override
    public boolean hasUnixDatagrams() {
        return false;
    }

    @Override
    public boolean hasWatches() {
        return false;
    }

    @Override
    public Tardy.Builder tardy(int runtimes) {
        return Tardy.builder().threading(Threading.multi(runtimes));
    }

    @Override
    public void inFrame(Tardy.Builder builder, Body body) throws Exception {
        if (host.isRunning()) { // in a frame of a group's test
            body.run(TardyRuntime.current());
            return;
        }
        Queue<Frame<Void>> frames = new ConcurrentLinkedQueue<>();
        host.options(none -> builder)
                .start(
                        rt ->
                                frames.add(
                                        rt.spawn(
                                                "test body",
                                                () -> TransportFixture.runBody(rt, body))))
                .await();
        for (Frame<Void> frame : frames) {
            frame.join();
        }
    }

    @Override
    public boolean has(SocketKind kind) {
        return kind != SocketKind.UNIX_DATAGRAM;
    }

    @Override
    public TardyEventLoopGroup.Builder group(int threads) {
        return group(threads, tardy(1));
    }

    @Override
    public TardyEventLoopGroup.Builder group(int threads, Tardy.Builder options) {
        return TardyEventLoopGroup.builder()
                .threads(threads)
                .tardy(host.options(none -> options).tardy());
    }

    /** The body is in a frame of the host, so that channels are the host's. */
    @Override
    public void withGroup(TardyEventLoopGroup.Builder builder, GroupBody body) throws Exception {
        TardyEventLoopGroup group = builder.build();
        try {
            inFrame(tardy(), rt -> body.run(group));
        } finally {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            awaitEnd(group);
        }
    }

    @Override
    public void awaitEnd(TardyEventLoopGroup group) throws Exception {
        for (EventExecutor loop : group) {
            resultOf(loop.terminationFuture());
        }
    }

    @Override
    public boolean sendsToOthersWhenConnected() {
        return false;
    }

    @Override
    public Path fileOf(Path path, byte[] content) throws Exception {
        onHost(
                () -> {
                    try (File file = File.create(path)) {
                        file.writeAll(ByteBuffer.wrap(content));
                    }
                });
        return path;
    }

    @Override
    public byte[] contentOf(Path path) throws Exception {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        onHost(
                () -> {
                    try (File file = File.open(path)) {
                        ByteBuffer part = ByteBuffer.allocate(65_536);
                        while (file.read(part.clear()) >= 0) {
                            content.write(part.array(), 0, part.position());
                        }
                    }
                });
        return content.toByteArray();
    }

    /** The host's disk is only for frames that run there. */
    private void onHost(FrameBody body) throws Exception {
        if (host.isRunning()) {
            body.run();
        } else {
            inFrame(tardy(), rt -> body.run());
        }
    }

    @Override
    public void raise(Signal signal) {
        host.signal(signal);
    }

    @Override
    public <T> T resultOf(Future<T> future) throws Exception {
        while (!future.isDone()) { // Netty lets nobody block for the end of a loop here
            Frame.delay(Duration.ofMillis(1));
        }
        return future.get();
    }

    @Override
    public <T> T takeSoon(BlockingQueue<T> queue) throws Exception {
        return queue.take();
    }

    /** Leaves out what makes no sense here, and says why. */
    static final class LeavesOut implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return context.getTestMethod()
                    .flatMap(SimulatedTest::whyNot)
                    .map(ConditionEvaluationResult::disabled)
                    .orElse(ConditionEvaluationResult.enabled("makes sense in a simulation"));
        }
    }

    /** Why a test is left out, or its whole contract. */
    static Optional<String> whyNot(Method test) {
        return Stream.of(test, test.getDeclaringClass())
                .map(element -> element.getAnnotation(NotSimulated.class))
                .filter(Objects::nonNull)
                .map(NotSimulated::value)
                .findFirst();
    }

    /** Runs each test as the scenario of a simulation. */
    static final class InScenario implements InvocationInterceptor {
        @Override
        public void interceptTestMethod(
                Invocation<Void> invocation,
                ReflectiveInvocationContext<Method> context,
                ExtensionContext test)
                throws Throwable {
            SimulatedTest target = (SimulatedTest) context.getTarget().orElseThrow();
            try {
                Sim.run(
                        target.seed,
                        target.options(),
                        sim -> target.run(sim, context.getArguments(), invocation));
            } catch (SimFailedError e) {
                if (e.getCause() instanceof TestAbortedException aborted) {
                    throw aborted;
                }
                throw e;
            }
        }
    }

    private SimOptions options() {
        NetworkFaults network =
                NetworkFaults.none()
                        .but()
                        .partialRead(0.2)
                        .partialWrite(0.2)
                        .selectShuffle(0.5)
                        .selectLate(0.02)
                        .selectSpurious(0.02)
                        .build();
        return SimOptions.defaults()
                .stepLimit(2_000_000)
                .faults(hasFaults ? Faults.none().network(network) : Faults.none());
    }

    private void run(
            Sim sim, List<Object> arguments, InvocationInterceptor.Invocation<Void> invocation)
            throws Exception {
        host = sim.host("test");
        for (Object argument : arguments) {
            if (argument instanceof Path folder) {
                inFrame(tardy(), rt -> makeFolder(folder));
            }
        }
        try {
            invocation.proceed();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** The folder of the test, on the simulated disk too. */
    private static void makeFolder(Path folder) throws IOException {
        Path made = folder.getRoot();
        for (Path name : folder) {
            made = made.resolve(name);
            Dir.create(made).close();
        }
    }
}
