package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.Redisson;
import org.redisson.api.RBucket;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.client.NettyHook;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.TransportMode;

/** Redisson on a group of Tardy's, with a redis-server. */
@ExtendWith(LeakCheck.class)
class RedissonTest {

    @TempDir private static Path directory;
    private static RedisServer redis;

    private final SeenChannels seen = new SeenChannels();

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

    private static Config config(TardyEventLoopGroup group) {
        TransportMode mode =
                switch (group.backend().type()) {
                    case IO_URING -> TransportMode.IO_URING;
                    case EPOLL -> TransportMode.EPOLL;
                    case KQUEUE -> TransportMode.KQUEUE;
                    default -> TransportMode.NIO;
                };
        return new Config().setEventLoopGroup(group).setTransportMode(mode);
    }

    /** By name, so that the resolver's datagram channel has to fit the group too. */
    private static Config toRedis(Config config) {
        config.setCodec(StringCodec.INSTANCE)
                .useSingleServer()
                .setAddress("redis://localhost:" + redis.port())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(2)
                .setSubscriptionConnectionMinimumIdleSize(1)
                .setRetryAttempts(0);
        return config;
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyEventLoopGroup group, RedissonClient client) throws Exception;
    }

    private void withClient(AsyncType transport, Body body) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    Config config = toRedis(config(group)).setNettyHook(new Seeing());
                    RedissonClient client = Redisson.create(config);
                    try {
                        body.run(group, client);
                    } finally {
                        client.shutdown(0, Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    }
                    assertThat(group.isShuttingDown()).isFalse();
                    seen.assertClientsOn(group);
                });
    }

    private final class Seeing implements NettyHook {
        @Override
        public void afterBoostrapInitialization(Bootstrap bootstrap) {}

        @Override
        public void afterChannelInitialization(Channel channel) {
            seen.add(channel);
        }
    }

    @OnEachTransport
    void commandsAndMessages(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client) -> {
                    client.getBucket("key").set("value");
                    assertThat(client.getBucket("key").get()).isEqualTo("value");
                    RTopic topic = client.getTopic("news");
                    CompletableFuture<String> message = new CompletableFuture<>();
                    topic.addListener(String.class, (channel, text) -> message.complete(text));
                    topic.publish("hello");
                    assertThat(message.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isEqualTo("hello");
                });
    }

    /** With one loop, a caller that held its thread would wait for itself. */
    @OnEachTransport
    void framesWait(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client) -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<String> frame = rt.spawnCall(() -> greet(rt, client));
                    assertThat(frame.join()).isEqualTo("hello");
                });
    }

    private static String greet(TardyRuntime rt, RedissonClient client) throws Exception {
        RBucket<String> bucket = client.getBucket("greeting");
        rt.await(bucket.setAsync("hello"));
        return bucket.get(); // the frame waits, not the loop
    }

    /** A command on a value of another kind. */
    @OnEachTransport
    void aFailureArrivesInTheFrame(AsyncType transport) throws Exception {
        withClient(
                transport,
                (group, client) -> {
                    client.getList("list").delete();
                    client.getList("list").add("one");
                    TardyRuntime rt = Groups.runtimeOf(group);
                    Frame<String> frame =
                            rt.spawnCall(() -> client.<String>getBucket("list").get());
                    assertThatThrownBy(frame::join).rootCause().hasMessageContaining("WRONGTYPE");
                });
    }

    /** Its mode is NIO if nobody says otherwise, whatever the group is. */
    @OnEachTransport
    void theModeHasToBeTheGroups(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    Config config = toRedis(new Config().setEventLoopGroup(group));
                    if (transport == AsyncType.POLL) {
                        Redisson.create(config).shutdown(0, 5, TimeUnit.SECONDS);
                    } else {
                        assertThatThrownBy(() -> Redisson.create(config))
                                .rootCause()
                                .hasMessageContaining("NioSocketChannel does not run on ")
                                .hasMessageContaining("group.socketChannel()");
                    }
                });
    }
}
