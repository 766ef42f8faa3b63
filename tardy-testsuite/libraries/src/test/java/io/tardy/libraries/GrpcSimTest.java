package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimReport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** gRPC's server and client in a simulation: nothing differs but the group. */
@Simulated
class GrpcSimTest {

    private static final int PORT = 50051;
    private static final int SEEDS = 50;
    private static final int ROUNDS = 10;
    private static final int STREAMED = 200;

    /** What a killed host had the collector finds. */
    private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false, true);

    /** What the server has done survives it, as if on a disk. */
    private static void serve(SimHost host, TardyRuntime rt, Set<String> done) {
        TardyEventLoopGroup group = Scene.group(host);
        rt.spawn(
                () ->
                        NettyServerBuilder.forAddress(new InetSocketAddress(PORT))
                                .bossEventLoopGroup(group)
                                .workerEventLoopGroup(group)
                                .channelType(group.serverSocketChannel())
                                .withChildOption(ChannelOption.ALLOCATOR, HEAP)
                                .directExecutor()
                                .keepAliveTime(10, TimeUnit.SECONDS)
                                .keepAliveTimeout(5, TimeUnit.SECONDS)
                                .permitKeepAliveTime(9, TimeUnit.SECONDS)
                                .permitKeepAliveWithoutCalls(true)
                                .addService(service(done))
                                .build()
                                .start());
    }

    private static ServerServiceDefinition service(Set<String> done) {
        return ServerServiceDefinition.builder(TextService.NAME)
                .addMethod(
                        TextService.UPPER,
                        ServerCalls.asyncUnaryCall(
                                (String text, StreamObserver<String> answer) -> {
                                    done.add(text);
                                    answer.onNext(text.toUpperCase());
                                    answer.onCompleted();
                                }))
                .addMethod(
                        TextService.COUNT,
                        ServerCalls.asyncServerStreamingCall(
                                (String below, StreamObserver<String> answer) -> {
                                    IntStream.range(0, Integer.parseInt(below))
                                            .mapToObj(Integer::toString)
                                            .forEach(answer::onNext);
                                    answer.onCompleted();
                                }))
                .build();
    }

    private static NettyChannelBuilder client(
            NettyChannelBuilder builder, TardyEventLoopGroup group) {
        return builder.eventLoopGroup(group)
                .channelType(group.socketChannel())
                .withOption(ChannelOption.ALLOCATOR, HEAP)
                .directExecutor()
                .offloadExecutor(Runnable::run)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .usePlaintext();
    }

    /** Runs in a frame with a client of its own, which it closes. */
    private static void withClient(SimHost host, TardyRuntime rt, Calls calls) {
        TardyEventLoopGroup group = Scene.group(host);
        rt.spawn(
                () -> {
                    ManagedChannel channel =
                            client(NettyChannelBuilder.forTarget("dns:///server:" + PORT), group)
                                    .build();
                    calls.make(channel);
                    channel.shutdownNow();
                    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                });
    }

    @FunctionalInterface
    private interface Calls {
        void make(ManagedChannel channel) throws Exception;
    }

    private static CallOptions withinASecond() {
        return CallOptions.DEFAULT.withDeadlineAfter(Duration.ofSeconds(1));
    }

    /** What a stream has brought, and how it has ended. */
    private static final class Stream implements StreamObserver<String> {
        private final List<String> brought = new ArrayList<>();
        private final CompletableFuture<Status> ended = new CompletableFuture<>();

        @Override
        public void onNext(String text) {
            brought.add(text);
        }

        @Override
        public void onError(Throwable failure) {
            ended.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.OK);
        }
    }

    private static Status upper(ManagedChannel channel, CallOptions options, String text) {
        try {
            String answer =
                    ClientCalls.blockingUnaryCall(channel, TextService.UPPER, options, text);
            assertThat(answer).isEqualTo(text.toUpperCase());
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    private static void count(ManagedChannel channel) throws Exception {
        Stream numbers = new Stream();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(TextService.COUNT, withinASecond()), "" + STREAMED, numbers);
        Status status = TardyRuntime.current().await(numbers.ended);
        List<String> all = IntStream.range(0, STREAMED).mapToObj(Integer::toString).toList();
        assertThat(numbers.brought).isEqualTo(all.subList(0, numbers.brought.size()));
        assertExpected(status);
        if (status.isOk()) {
            assertThat(numbers.brought).hasSize(STREAMED);
        }
    }

    private static void assertExpected(Status status) {
        assertThat(status.getCode())
                .as("%s", status)
                .isIn(Status.Code.OK, Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
    }

    /** Two clients; one is parted from the server, which then is killed and started again. */
    static void scene(Sim sim) throws Exception {
        Set<String> done = new HashSet<>();
        Set<String> acknowledged = new HashSet<>();
        SimHost server = sim.host("server").start(rt -> serve(sim.host("server"), rt, done));
        Scene.withOneParted(
                sim,
                server,
                name -> caller(sim, name, acknowledged),
                2_000,
                30_000,
                world -> Scene.restart(world, server));
        assertThat(done).containsAll(acknowledged);
    }

    private static SimHost caller(Sim sim, String name, Set<String> acknowledged) {
        SimHost host = sim.host(name);
        return host.start(
                rt ->
                        withClient(
                                host,
                                rt,
                                channel -> {
                                    for (int i = 0; i < ROUNDS; i++) {
                                        String text = name + i;
                                        Status status = upper(channel, withinASecond(), text);
                                        assertExpected(status);
                                        if (status.isOk()) {
                                            acknowledged.add(text);
                                        }
                                        count(channel);
                                        Frame.delay(Duration.ofMillis(300));
                                    }
                                    while (!upper(channel, withinASecond(), name).isOk()) {
                                        Frame.delay(Duration.ofSeconds(1));
                                    }
                                    acknowledged.add(name);
                                }));
    }

    @Test
    void whatIsAcknowledgedIsDone() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scene.GRPC.run(seed);
        }
    }

    /** As here, where nobody has said directExecutor. */
    @Test
    void itsOwnThreadsAreRefused() {
        assertThatThrownBy(
                        () ->
                                Sim.run(
                                        1,
                                        sim -> {
                                            SimHost host = sim.host("server");
                                            host.start(rt -> serveByThreads(host, rt));
                                            sim.delay(Duration.ofMillis(10));
                                            SimHost client = sim.host("client");
                                            client.start(
                                                            rt ->
                                                                    withClient(
                                                                            client,
                                                                            rt,
                                                                            GrpcSimTest::call))
                                                    .await();
                                        }))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("grpc-default-executor")
                .hasMessageContaining("use a frame, or rt.offload");
    }

    private static void serveByThreads(SimHost host, TardyRuntime rt) {
        TardyEventLoopGroup group = Scene.group(host);
        rt.spawn(
                () ->
                        NettyServerBuilder.forAddress(new InetSocketAddress(PORT))
                                .bossEventLoopGroup(group)
                                .workerEventLoopGroup(group)
                                .channelType(group.serverSocketChannel())
                                .addService(service(new HashSet<>()))
                                .build()
                                .start());
    }

    private static void call(ManagedChannel channel) {
        upper(channel, CallOptions.DEFAULT, "a");
    }

    /** Its timers go by virtual time: it pings every ten seconds, and the server is content. */
    @Test
    void keepaliveKeepsAnIdleConnection() {
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost server = sim.host("server");
                            server.start(rt -> serve(server, rt, new HashSet<>()));
                            sim.delay(Duration.ofMillis(10));
                            SimHost client = sim.host("client");
                            client.start(
                                            rt ->
                                                    withClient(
                                                            client,
                                                            rt,
                                                            GrpcSimTest::callAgainMuchLater))
                                    .await();
                        });
        assertThat(report.virtualTime()).isBetween(Duration.ofMinutes(25), Duration.ofMinutes(26));
        assertThat(report.reached()).isEmpty();
    }

    private static void callAgainMuchLater(ManagedChannel channel) throws Exception {
        assertThat(upper(channel, CallOptions.DEFAULT, "a")).isEqualTo(Status.OK);
        List<String> states = new ArrayList<>();
        channel.notifyWhenStateChanged(
                channel.getState(false), () -> states.add("" + channel.getState(false)));
        Frame.delay(Duration.ofMinutes(25)); // gRPC is idle after 30
        assertThat(states).isEmpty();
        assertThat(upper(channel, CallOptions.DEFAULT, "b")).isEqualTo(Status.OK);
    }

    /** Nothing tells a client that its server has lost its power. */
    @Test
    void keepaliveFindsOutThatTheServerIsGone() {
        List<Status> statuses = new ArrayList<>();
        SimReport report =
                Sim.run(
                        1,
                        sim -> {
                            SimHost server = sim.host("server");
                            server.start(rt -> serve(server, rt, new HashSet<>()));
                            sim.delay(Duration.ofMillis(10));
                            SimHost client = sim.host("client");
                            client.start(
                                    rt ->
                                            withClient(
                                                    client,
                                                    rt,
                                                    channel -> {
                                                        upper(channel, CallOptions.DEFAULT, "a");
                                                        Frame.delay(Duration.ofSeconds(1));
                                                        statuses.add(
                                                                upper(
                                                                        channel,
                                                                        CallOptions.DEFAULT,
                                                                        "b"));
                                                    }));
                            sim.delay(Duration.ofMillis(500));
                            server.crash();
                            client.await();
                        });
        assertThat(statuses)
                .singleElement()
                .satisfies(
                        status -> {
                            assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                            assertThat(status.getDescription()).contains("Keepalive failed");
                        });
        assertThat(report.virtualTime()).isBetween(Duration.ofSeconds(14), Duration.ofSeconds(17));
    }
}
