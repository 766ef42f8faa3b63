package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimFailedError;
import io.tardy.sim.SimHost;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Lettuce in a simulation, with a small server. */
@Simulated
class LettuceSimTest {

    private static final int SEEDS = 100;
    private static final int ROUNDS = 20;
    private static final RedisURI SERVER =
            RedisURI.builder().withHost("server").withPort(SimRedis.PORT).build();

    /** All that Lettuce has threads for runs on the loops. */
    private static ClientResources resources(TardyEventLoopGroup group) {
        return ClientResources.builder()
                .eventLoopGroupProvider(new LettuceTest.GroupProvider(group))
                .eventExecutorGroup(group)
                .timer(new LoopTimer(group))
                .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
    }

    @FunctionalInterface
    private interface Commands {
        void give(TardyRuntime rt, StatefulRedisConnection<String, String> connection)
                throws Exception;
    }

    /** Runs in a frame with a connection of its own. */
    private static SimHost client(Sim sim, String name, Duration timeout, Commands commands) {
        SimHost host = sim.host(name);
        return host.start(
                rt -> {
                    TardyEventLoopGroup group = Scene.group(host);
                    rt.spawn(
                            () -> {
                                RedisClient client = RedisClient.create(resources(group));
                                client.setOptions(
                                        ClientOptions.builder()
                                                .timeoutOptions(TimeoutOptions.enabled())
                                                .socketOptions(
                                                        SocketOptions.builder()
                                                                .keepAlive(false)
                                                                .build())
                                                .build());
                                StatefulRedisConnection<String, String> connection =
                                        connect(rt, client);
                                connection.setTimeout(timeout);
                                commands.give(rt, connection);
                                rt.await(connection.closeAsync());
                                group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                            });
                });
    }

    /** Once it is connected, Lettuce reconnects itself. */
    private static StatefulRedisConnection<String, String> connect(
            TardyRuntime rt, RedisClient client) throws Exception {
        for (; ; ) {
            try {
                return rt.await(client.connectAsync(StringCodec.UTF8, SERVER));
            } catch (RedisException e) {
                Frame.delay(Duration.ofSeconds(1));
            }
        }
    }

    private static void setAndGet(
            TardyRuntime rt,
            StatefulRedisConnection<String, String> connection,
            String name,
            Map<String, String> acknowledged)
            throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String key = name + i;
            try {
                assertThat(rt.await(connection.async().set(key, "x".repeat(i * 10))))
                        .isEqualTo("OK");
                acknowledged.put(key, "x".repeat(i * 10));
                assertThat(rt.await(connection.async().get(key))).isEqualTo("x".repeat(i * 10));
            } catch (RedisException | IOException e) {
                // It took too long, or the connection broke.
            }
            Frame.delay(Duration.ofMillis(100));
        }
        while (!isPinged(rt, connection)) {
            Frame.delay(Duration.ofSeconds(1));
        }
    }

    private static boolean isPinged(
            TardyRuntime rt, StatefulRedisConnection<String, String> connection) throws Exception {
        try {
            return rt.await(connection.async().ping()).equals("PONG");
        } catch (RedisException | IOException e) {
            return false;
        }
    }

    /** Two clients; one is parted from the server, which then is killed and started again. */
    static void scene(Sim sim) throws Exception {
        Map<String, String> stored = new HashMap<>();
        Map<String, String> acknowledged = new TreeMap<>();
        SimHost server = sim.host("server").start(rt -> new SimRedis(stored).start(rt));
        Scene.withOneParted(
                sim,
                server,
                name -> setting(sim, name, acknowledged),
                2_000,
                5_000,
                world -> Scene.restart(world, server));
        assertThat(stored).containsAllEntriesOf(acknowledged);
    }

    private static SimHost setting(Sim sim, String name, Map<String, String> acknowledged) {
        return client(
                sim,
                name,
                Duration.ofSeconds(1),
                (rt, connection) -> setAndGet(rt, connection, name, acknowledged));
    }

    @Test
    void whatIsAcknowledgedIsStored() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scene.LETTUCE.run(seed);
        }
    }

    @Test
    void blockingCommandsAreRefusedWithATimeLimit() {
        assertThatThrownBy(() -> block(Duration.ofSeconds(1)))
                .isInstanceOf(SimFailedError.class)
                .hasMessageContaining("waits by real time");
    }

    @Test
    void blockingCommandsWorkWithoutATimeLimit() {
        block(Duration.ZERO);
    }

    private static void block(Duration timeout) {
        Map<String, String> stored = new HashMap<>();
        Sim.run(
                1,
                sim -> {
                    sim.host("server").start(rt -> new SimRedis(stored).start(rt));
                    sim.delay(Duration.ofMillis(10));
                    client(
                                    sim,
                                    "client",
                                    timeout,
                                    (rt, connection) -> connection.sync().set("a", "b"))
                            .await();
                });
        assertThat(stored).containsEntry("a", "b");
    }
}
