package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.resource.Transports;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lettuce on a group of Tardy's, with a redis-server. The class of its channels Lettuce chooses
 * itself, once for a process, so there is a run of these tests for each transport.
 */
@ExtendWith(LeakCheck.class)
class LettuceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(Groups.PATIENCE_SECONDS);

    @TempDir private static Path directory;
    private static RedisServer redis;

    private final SeenChannels seen = new SeenChannels();

    @FunctionalInterface
    private interface Body {
        void run(RedisClient client, TardyEventLoopGroup group) throws Exception;
    }

    @BeforeAll
    static void startRedis() throws Exception {
        redis = RedisServer.start(directory);
    }

    @AfterAll
    static void stopRedis() {
        if (redis != null) {
            redis.close();
        }
    }

    /** Gives Lettuce this group for its channels. */
    static final class GroupProvider extends DefaultEventLoopGroupProvider {

        private final TardyEventLoopGroup group;

        GroupProvider(TardyEventLoopGroup group) {
            super(group.executorCount());
            this.group = group;
        }

        @Override
        protected <T extends EventLoopGroup> EventExecutorGroup doCreateEventLoopGroup(
                Class<T> type,
                int threads,
                io.lettuce.core.resource.ThreadFactoryProvider threadFactories) {
            return group;
        }
    }

    private static ClientResources.Builder resources(TardyEventLoopGroup group) {
        return ClientResources.builder().eventLoopGroupProvider(new GroupProvider(group));
    }

    private void withClient(int threads, Body body) throws Exception {
        withClient(
                threads,
                transport(),
                (client, group) -> {
                    body.run(client, group);
                    seen.assertClientsOn(group);
                });
    }

    private void withClient(int threads, AsyncType transport, Body body) throws Exception {
        Groups.withGroup(
                threads,
                transport,
                group -> {
                    ClientResources resources =
                            resources(group)
                                    .computationThreadPoolSize(2)
                                    .nettyCustomizer(new Seeing())
                                    .build();
                    RedisURI address = RedisURI.create("redis://127.0.0.1:" + redis.port());
                    address.setTimeout(PATIENCE);
                    RedisClient client = RedisClient.create(resources, address);
                    try {
                        body.run(client, group);
                    } finally {
                        client.shutdown(Duration.ZERO, PATIENCE);
                        resources.shutdown(0, PATIENCE.toSeconds(), TimeUnit.SECONDS).await();
                    }
                });
    }

    private final class Seeing implements NettyCustomizer {
        @Override
        public void afterChannelInitialized(Channel channel) {
            seen.add(channel);
        }
    }

    /** The transport whose channels Lettuce makes in this process. */
    private static AsyncType transport() {
        for (AsyncType type : Groups.transports()) {
            if (channelOf(type) == Transports.socketChannelClass()) {
                return type;
            }
        }
        throw new AssertionError("no transport of Tardy's for " + Transports.socketChannelClass());
    }

    private static Class<? extends Channel> channelOf(AsyncType type) {
        TardyEventLoopGroup group = new TardyEventLoopGroup(1, type);
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        return group.socketChannel();
    }

    private static TardyEventLoopGroup group() {
        return TardyEventLoopGroup.builder().carrying(Transports.socketChannelClass()).build();
    }

    @Test
    void aGroupForItsChannelsIsTheRight() throws Exception {
        TardyEventLoopGroup group = group();
        assertThat(group.socketChannel()).isEqualTo(Transports.socketChannelClass());
        group.shutdownGracefully(0, 0, TimeUnit.SECONDS).await();
    }

    @Test
    void theRunIsForTheTransportThatItSays() {
        AsyncType expected = AsyncType.ofLabel(System.getProperty("lettuce.transport", "epoll"));
        if (Groups.transports().contains(expected)) {
            assertThat(transport()).isEqualTo(expected);
        }
    }

    @Test
    void aGroupOfAnotherTransportIsRefused() throws Exception {
        for (AsyncType other : Groups.transports()) {
            if (other != transport()) {
                withClient(
                        1,
                        other,
                        (client, group) ->
                                assertThatThrownBy(client::connect)
                                        .isInstanceOf(RedisConnectionException.class)
                                        .hasRootCauseInstanceOf(IllegalStateException.class)
                                        .rootCause()
                                        .hasMessageContaining("group.socketChannel()"));
            }
        }
    }

    @Test
    void commandsArePipelinedOnTheLoops() throws Exception {
        withClient(
                2,
                (client, group) -> {
                    try (StatefulRedisConnection<String, String> connection = client.connect()) {
                        RedisAsyncCommands<String, String> commands = connection.async();
                        List<RedisFuture<Long>> counts = new ArrayList<>();
                        for (int i = 0; i < 1000; i++) {
                            counts.add(commands.incr("commandsArePipelined"));
                        }
                        for (int i = 0; i < 1000; i++) {
                            assertThat(get(counts.get(i))).isEqualTo(i + 1);
                        }
                        String large = "x".repeat(1 << 20);
                        get(commands.set("large", large));
                        assertThat(get(commands.get("large"))).isEqualTo(large);
                    }
                });
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void messagesComeOnTheLoops() throws Exception {
        withClient(
                2,
                (client, group) -> {
                    Listener listener = new Listener();
                    try (StatefulRedisPubSubConnection<String, String> subscriber =
                                    client.connectPubSub();
                            StatefulRedisConnection<String, String> publisher = client.connect()) {
                        subscriber.addListener(listener);
                        get(subscriber.async().subscribe("news"));
                        assertThat(get(publisher.async().publish("news", "hello"))).isEqualTo(1);
                        assertThat(get(listener.received)).isEqualTo("news: hello");
                        Groups.assertIsOf(group, listener.runtime);
                    }
                });
    }

    private static final class Listener extends RedisPubSubAdapter<String, String> {

        private final CompletableFuture<String> received = new CompletableFuture<>();
        private volatile TardyRuntime runtime;

        @Override
        public void message(String channel, String message) {
            received.completeAsync(
                    () -> {
                        runtime = TardyRuntime.current();
                        return channel + ": " + message;
                    },
                    Runnable::run);
        }
    }

    /** With one loop, a caller that held its thread would wait for itself. */
    @Test
    void aFrameAwaitsCommands() throws Exception {
        withClient(
                1,
                (client, group) -> {
                    try (StatefulRedisConnection<String, String> connection = client.connect()) {
                        TardyRuntime rt = Groups.runtimeOf(group);
                        Frame<String> frame = rt.spawnCall(() -> greet(rt, connection.async()));
                        assertThat(frame.join()).isEqualTo("hello");
                    }
                });
    }

    private static String greet(TardyRuntime rt, RedisAsyncCommands<String, String> commands)
            throws Exception {
        rt.await(commands.set("greeting", "hello"));
        return rt.await(commands.get("greeting"));
    }

    @Test
    void aFrameUsesTheBlockingCommands() throws Exception {
        withClient(
                1,
                (client, group) -> {
                    try (StatefulRedisConnection<String, String> connection = client.connect()) {
                        Frame<List<String>> frame =
                                Groups.runtimeOf(group)
                                        .spawnCall(
                                                () -> {
                                                    connection.sync().rpush("list", "a", "b");
                                                    return connection.sync().lrange("list", 0, -1);
                                                });
                        assertThat(frame.join()).containsExactly("a", "b");
                    }
                });
    }
}
