package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.TransportFixture.connectTo;
import static io.tardy.testsuite.TransportFixture.listenAnywhere;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameBody;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.PipelineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A decorator carries thread locals into all that is started, and may fail. */
interface DecoratorContract extends FrameChannelFixture {

    ThreadLocal<String> REQUEST = new ThreadLocal<>();
    InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

    /** Carries the request; fails for one that is bad, where it is started or where it runs. */
    private static Callable<Object> carry(Callable<Object> body) {
        return decorate(REQUEST.get(), body);
    }

    private static Callable<Object> decorate(String request, Callable<Object> body) {
        if ("bad".equals(request)) {
            throw new IllegalStateException("no context");
        }
        return () -> {
            if ("late".equals(request)) {
                throw new IllegalStateException("no context here");
            }
            REQUEST.set(request);
            try {
                return body.call();
            } finally {
                REQUEST.remove();
            }
        };
    }

    private Tardy.Builder carrying() {
        return tardy().frameDecorator(DecoratorContract::carry);
    }

    @Test
    default void aDecoratorCarriesThreadLocalsIntoWhateverIsStarted() throws Exception {
        inFrame(
                carrying(),
                rt -> {
                    Set<String> seen = new ConcurrentSkipListSet<>();
                    INHERITABLE.set("inherited");
                    for (String request : List.of("a", "b", "c")) {
                        REQUEST.set(request);
                        rt.spawn(() -> seen.add("spawn " + REQUEST.get())).join();
                        rt.spawn("named", () -> seen.add("named " + REQUEST.get())).join();
                        rt.spawnAwait(() -> seen.add("await " + REQUEST.get())).join();
                        rt.spawnDaemon(() -> seen.add("daemon " + REQUEST.get())).join();
                        assertThat(rt.spawnCall(REQUEST::get).join()).isEqualTo(request);
                        assertThat(rt.spawnCall(INHERITABLE::get).join()).isEqualTo("inherited");
                        assertThat(rt.offload(REQUEST::get)).isEqualTo(request);
                        try (Scope scope = Scope.open()) {
                            scope.fork(() -> seen.add("fork " + REQUEST.get()));
                            Frame<String> twice =
                                    scope.forkCall(() -> rt.spawnCall(REQUEST::get).join());
                            scope.join();
                            assertThat(twice.join()).isEqualTo(request);
                        }
                        for (String how :
                                List.of("spawn ", "named ", "await ", "daemon ", "fork ")) {
                            assertThat(seen).contains(how + request);
                        }
                    }
                    REQUEST.remove();
                    assertThat(rt.spawnCall(REQUEST::get).join()).isNull();
                    assertThat(rt.offload(REQUEST::get)).isNull();
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(() -> rt.spawnCall(() -> Integer.parseInt("x")).join())
                            .withCauseInstanceOf(NumberFormatException.class);
                });
    }

    @Test
    default void framesOfConnectionsHaveTheContextOfTheFrameThatServes() throws Exception {
        inFrame(
                carrying(),
                rt -> {
                    try (Socket listener = listenAnywhere()) {
                        REQUEST.set("serving");
                        rt.spawn(() -> listener.serve(DecoratorContract::tellRequest));
                        REQUEST.remove();
                        assertThat(toldBy(listener)).isEqualTo("serving");
                        assertThat(toldBy(listener)).isEqualTo("serving");
                    }
                });
    }

    private static void tellRequest(Socket peer) throws IOException {
        peer.sendAll(FrameChannelFixture.ascii(String.valueOf(REQUEST.get())));
    }

    /** All that the server tells a connection, until it closes it. */
    private static String toldBy(Socket listener) throws IOException {
        try (Socket peer = connectTo(listener)) {
            byte[] all =
                    Deadline.callWithin(
                            Duration.ofSeconds(20), () -> peer.inputStream().readAllBytes());
            return new String(all, StandardCharsets.US_ASCII);
        }
    }

    /** Runs with a group whose frames carry the request. */
    private void withCarryingGroup(int threads, Queue<String> uncaught, GroupBody body)
            throws Exception {
        withGroup(
                group(
                        threads,
                        carrying().uncaughtFrame((frame, e) -> uncaught.add(e.getMessage()))),
                body);
    }

    @Test
    @NotSimulated(NotSimulated.THREADS)
    default void theDecoratorIsCalledWhereAFrameOfAnotherRuntimeIsStarted() throws Exception {
        withCarryingGroup(
                2,
                new ConcurrentLinkedQueue<>(),
                group -> {
                    TardyRuntime first = GroupFixture.runtimeOf(group.next());
                    TardyRuntime second = GroupFixture.runtimeOf(group.next());
                    assertThat(first).isNotSameAs(second);
                    REQUEST.set("outside");
                    assertThat(first.spawnCall(REQUEST::get).join()).isEqualTo("outside");
                    REQUEST.remove();
                    String seen =
                            first.spawnCall(
                                            () -> {
                                                REQUEST.set("first");
                                                return second.spawnCall(REQUEST::get).join();
                                            })
                                    .join();
                    assertThat(seen).isEqualTo("first");
                    String spawnedInALoop =
                            group.next()
                                    .submit(
                                            () -> {
                                                REQUEST.set("loop");
                                                try {
                                                    return TardyRuntime.current()
                                                            .spawnCall(REQUEST::get);
                                                } finally {
                                                    REQUEST.remove();
                                                }
                                            })
                                    .get()
                                    .join();
                    assertThat(spawnedInALoop).isEqualTo("loop");
                });
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @NotSimulated(NotSimulated.ENTRY)
    default void aFrameOfRunHasTheContextOfWhoRunsIt() throws Exception {
        try (Tardy tardy = carrying().build()) {
            REQUEST.set("runs");
            assertThat(tardy.runCall(REQUEST::get)).isEqualTo("runs");
            for (String request : List.of("bad", "late")) { // also where it is never come to
                REQUEST.set(request);
                assertThatIllegalStateException()
                        .isThrownBy(() -> tardy.run(() -> {}))
                        .withMessageStartingWith("no context");
            }
        } finally {
            REQUEST.remove();
        }
    }

    @Test
    default void whatADecoratorThrowsWhoStartsTheFrameGetsAndNothingIsStarted() throws Exception {
        inFrame(
                carrying(),
                rt -> {
                    int tasks = rt.tasks();
                    REQUEST.set("bad");
                    assertThatIllegalStateException().isThrownBy(() -> rt.spawn(() -> {}));
                    assertThatIllegalStateException().isThrownBy(() -> rt.spawnDaemon(() -> {}));
                    assertThatIllegalStateException().isThrownBy(() -> rt.spawnAwait(() -> {}));
                    assertThatIllegalStateException().isThrownBy(() -> rt.offload(() -> 1));
                    try (Scope scope = Scope.open()) {
                        assertThatIllegalStateException().isThrownBy(() -> scope.fork(() -> {}));
                        scope.join();
                    }
                    assertThat(rt.tasks()).as("nothing was started").isEqualTo(tasks);
                    REQUEST.remove();
                });
    }

    /** A body that has something to give back. */
    final class Holder implements FrameBody, AutoCloseable {
        boolean hasRun;
        int closes;

        @Override
        public void run() {
            hasRun = true;
        }

        @Override
        public void close() {
            closes++;
        }
    }

    @Test
    default void aBodyThatItsContextDoesNotComeToIsClosedAndTheFrameFails() throws Exception {
        inFrame(
                carrying(),
                rt -> {
                    for (String request : List.of("bad", "late")) {
                        Holder body = new Holder();
                        REQUEST.set(request);
                        TransportFixture.assertFailedOf(
                                rt.spawn(body), IllegalStateException.class);
                        assertThat(body.hasRun).isFalse();
                        assertThat(body.closes).isEqualTo(1);
                    }
                    assertThatIllegalStateException().isThrownBy(() -> rt.offload(() -> 1));
                    REQUEST.remove();
                    Holder good = new Holder();
                    rt.spawn(good).join();
                    assertThat(good.hasRun).isTrue();
                    assertThat(good.closes).as("it has run, and so is not closed").isZero();
                });
    }

    @Test
    default void aDecoratorThatNeverCallsTheBodyIsAFault() throws Exception {
        inFrame(
                tardy().uncaughtFrame((frame, e) -> {}).frameDecorator(DecoratorContract::forget),
                rt -> {
                    Holder body = new Holder();
                    REQUEST.set("forget");
                    assertThatExceptionOfType(FrameFailedException.class)
                            .isThrownBy(() -> rt.spawn(body).join())
                            .withStackTraceContaining("frameDecorator");
                    assertThat(body.closes).isEqualTo(1);
                    REQUEST.remove();
                });
    }

    private static Callable<Object> forget(Callable<Object> body) {
        return "forget".equals(REQUEST.get()) ? () -> null : body;
    }

    @Test
    default void aConnectionWhoseDecorationFailsIsClosedAndItsServerGoesOn() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        AtomicReference<String> request = new AtomicReference<>();
        inFrame(
                tardy().frameDecorator(body -> decorate(request.get(), body))
                        .uncaughtFrame((frame, e) -> uncaught.add(e.getMessage())),
                rt -> {
                    try (Socket listener = listenAnywhere()) {
                        Frame<Void> serving =
                                rt.spawn(() -> listener.serve(DecoratorContract::tellRequest));
                        assertThat(toldBy(listener)).isEqualTo("null");
                        request.set("bad");
                        assertThat(toldBy(listener)).isEmpty();
                        assertThat(toldBy(listener)).isEmpty();
                        request.set("late");
                        assertThat(toldBy(listener)).isEmpty();
                        request.set("fine");
                        assertThat(toldBy(listener)).as("it goes on").isEqualTo("fine");
                        assertThat(uncaught)
                                .containsExactly("no context", "no context", "no context here");
                        assertThat(rt.framesFailed()).isEqualTo(3);
                        listener.close();
                        serving.join(); // it ends well
                    }
                });
    }

    @Test
    default void aChannelWhoseDecorationFailsIsClosed() throws Exception {
        Queue<String> uncaught = new ConcurrentLinkedQueue<>();
        withCarryingGroup(
                1,
                uncaught,
                group -> {
                    for (String request : List.of("bad", "late")) {
                        var server =
                                FrameChannelFixture.serve(
                                        group,
                                        channel -> REQUEST.set(request),
                                        FrameChannelFixture::echo);
                        inGroupFrame(
                                group,
                                rt -> {
                                    try (FrameChannel client =
                                            FrameChannelFixture.connect(
                                                    rt, group, server, channel -> {})) {
                                        assertThat(client.read()).isNull();
                                    }
                                });
                        group.next().submit(REQUEST::remove).get();
                    }
                    assertThat(uncaught).containsExactly("no context", "no context here");
                });
    }

    /** Tells in which context each message goes through a pipeline, and fails for a bad one. */
    final class Watching extends ChannelOutboundHandlerAdapter {

        final List<String> seen = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            seen.add(message + " in " + REQUEST.get());
            context.write(message, promise);
        }
    }

    @Test
    default void handlersWriteInTheContextOfTheFrameThatHasWritten() throws Exception {
        withCarryingGroup(
                1,
                new ConcurrentLinkedQueue<>(),
                group -> {
                    Watching watching = new Watching();
                    var server =
                            FrameChannelFixture.serve(
                                    group,
                                    FrameChannelFixture::lines,
                                    FrameChannelFixture::echoLines);
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        FrameChannelFixture.connect(
                                                rt,
                                                group,
                                                server,
                                                channel -> {
                                                    FrameChannelFixture.lines(channel);
                                                    channel.pipeline().addLast(watching);
                                                })) {
                                    for (String request : List.of("1", "2", "bad", "late")) {
                                        REQUEST.set(request); // without a wait between them
                                        client.write(request + "\n");
                                    }
                                    REQUEST.remove();
                                    assertThatExceptionOfType(PipelineException.class)
                                            .isThrownBy(client::flush)
                                            .withCauseInstanceOf(IllegalStateException.class);
                                    assertThat(client.read(String.class)).isEqualTo("1");
                                    assertThat(client.read(String.class)).isEqualTo("2");
                                    client.writeAndFlush("3\n");
                                    assertThat(client.read(String.class)).isEqualTo("3");
                                    assertThat(watching.seen)
                                            .containsExactly("1\n in 1", "2\n in 2", "3\n in null");
                                }
                            });
                });
    }

    @Test
    default void theFrameOfAChannelHasTheContextInWhichItIsStarted() throws Exception {
        withCarryingGroup(
                1,
                new ConcurrentLinkedQueue<>(),
                group -> {
                    var server =
                            FrameChannelFixture.serve(
                                    group,
                                    channel -> {
                                        FrameChannelFixture.lines(channel);
                                        REQUEST.set("of the pipeline");
                                    },
                                    frame -> frame.write(REQUEST.get() + "\n"));
                    inGroupFrame(
                            group,
                            rt -> {
                                try (FrameChannel client =
                                        FrameChannelFixture.connect(
                                                rt, group, server, FrameChannelFixture::lines)) {
                                    assertThat(client.read(String.class))
                                            .isEqualTo("of the pipeline");
                                }
                            });
                    group.next().submit(REQUEST::remove).get();
                });
    }
}
