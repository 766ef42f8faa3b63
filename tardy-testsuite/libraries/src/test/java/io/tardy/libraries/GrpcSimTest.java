package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.SimReport;
import io.tardy.sim.faults.Faults;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** gRPC's server and client in a simulation. */
@org.junit.jupiter.api.condition.EnabledIfSystemProperty(
        named = "libraries.simulated",
        matches = "true")
class GrpcSimTest {

    private static TardyEventLoopGroup group(SimHost host) {
        return TardyEventLoopGroup.builder().threads(1).tardy(host.tardy()).build();
    }

    private static void serve(SimHost host, TardyRuntime rt, Set<String> done) {
        TardyEventLoopGroup group = group(host);
        rt.spawn(
                () ->
                        NettyServerBuilder.forAddress(new InetSocketAddress(50051))
                                .bossEventLoopGroup(group)
                                .workerEventLoopGroup(group)
                                .channelType(group.serverSocketChannel())
                                .directExecutor()
                                .keepAliveTime(10, TimeUnit.SECONDS)
                                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                                .addService(
                                        ServerServiceDefinition.builder(TextService.NAME)
                                                .addMethod(
                                                        TextService.UPPER,
                                                        ServerCalls.asyncUnaryCall(
                                                                (String text,
                                                                        StreamObserver<String>
                                                                                answer) -> {
                                                                    done.add(text);
                                                                    answer.onNext(
                                                                            text.toUpperCase());
                                                                    answer.onCompleted();
                                                                }))
                                                .build())
                                .build()
                                .start());
    }

    private static ManagedChannel client(TardyEventLoopGroup group) {
        return NettyChannelBuilder.forAddress(new InetSocketAddress("server", 50051))
                .eventLoopGroup(group)
                .channelType(group.socketChannel())
                .directExecutor()
                .offloadExecutor(Runnable::run)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .usePlaintext()
                .build();
    }

    private static void scenario(Sim sim, Map<String, Integer> statuses) throws Exception {
        Set<String> done = new TreeSet<>();
        Set<String> acknowledged = new TreeSet<>();
        SimHost server = sim.host("server");
        server.start(rt -> serve(server, rt, done));
        sim.delay(Duration.ofMillis(1));
        List<SimHost> clients = new ArrayList<>();
        for (int c = 0; c < 2; c++) {
            String name = "client" + c;
            SimHost host = sim.host(name);
            clients.add(host);
            host.start(
                    rt -> {
                        TardyEventLoopGroup group = group(host);
                        ManagedChannel channel = client(group);
                        rt.spawn(
                                () -> {
                                    for (int i = 0; i < 20; i++) {
                                        String text = name + "-" + i;
                                        try {
                                            String answer =
                                                    ClientCalls.blockingUnaryCall(
                                                            channel,
                                                            TextService.UPPER,
                                                            CallOptions.DEFAULT.withDeadlineAfter(
                                                                    1, TimeUnit.SECONDS),
                                                            text);
                                            assertThat(answer).isEqualTo(text.toUpperCase());
                                            acknowledged.add(text);
                                            statuses.merge("OK", 1, Integer::sum);
                                        } catch (StatusRuntimeException e) {
                                            statuses.merge(
                                                    e.getStatus().getCode().name(),
                                                    1,
                                                    Integer::sum);
                                        }
                                        Frame.delay(Duration.ofMillis(300));
                                    }
                                    channel.shutdownNow();
                                    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                                });
                    });
        }
        sim.delay(Duration.ofMillis(sim.random(3000)));
        sim.partition(server, clients.get(0));
        sim.delay(Duration.ofSeconds(2));
        sim.heal();
        for (SimHost host : clients) {
            host.await();
        }
        assertThat(done).containsAll(acknowledged);
    }

    @Test
    void probe() {
        for (long seed = 1; seed <= 10; seed++) {
            Map<String, Integer> statuses = new TreeMap<>();
            SimReport a = run(seed, statuses);
            Map<String, Integer> statuses2 = new TreeMap<>();
            SimReport b = run(seed, statuses2);
            System.err.println(
                    "PROBE "
                            + seed
                            + " "
                            + statuses
                            + " "
                            + a.steps()
                            + " "
                            + b.steps()
                            + " "
                            + (a.traceHash() == b.traceHash())
                            + " "
                            + a.realTime());
        }
    }

    private static SimReport run(long seed, Map<String, Integer> statuses) {
        StringBuilder trace = new StringBuilder();
        try {
            return Sim.run(
                    seed,
                    SimOptions.defaults().faults(Faults.all()).swarm(true).trace(trace),
                    sim -> scenario(sim, statuses));
        } finally {
            try {
                java.nio.file.Path dir = java.nio.file.Path.of("/tmp/h/libtrace");
                java.nio.file.Files.createDirectories(dir);
                for (int i = 0; ; i++) {
                    java.nio.file.Path f = dir.resolve("grpc-" + seed + "-" + i);
                    if (!java.nio.file.Files.exists(f)) {
                        java.nio.file.Files.writeString(f, trace);
                        break;
                    }
                }
            } catch (java.io.IOException e) {
                throw new RuntimeException(e);
            }
        }
    }
}
