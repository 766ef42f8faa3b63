package io.tardy.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.tardy.aio.AsyncType;
import io.tardy.examples.OnEachTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lettuce, on loops of its own: as it comes it asks for protocol 3, and does without. */
@Timeout(60)
final class RedisLettuceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir private Path directory;

    private static void withClient(
            RunningRedis redis, ClientOptions options, Consumer<RedisClient> body) {
        RedisURI address = RedisURI.create("redis://127.0.0.1:" + redis.port());
        address.setTimeout(PATIENCE);
        RedisClient client = RedisClient.create(address);
        try {
            client.setOptions(options);
            body.accept(client);
        } finally {
            client.shutdown(Duration.ZERO, PATIENCE);
        }
    }

    @OnEachTransport
    void commandsAndMessages(AsyncType transport) throws Exception {
        RedisServer server = new RedisServer(64 << 20, 64 << 20);
        try (RunningRedis redis = new RunningRedis(transport, directory, server)) {
            ClientOptions protocol2 =
                    ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build();
            for (ClientOptions options : List.of(ClientOptions.create(), protocol2)) {
                withClient(redis, options, RedisLettuceTest::useCommands);
                withClient(redis, options, RedisLettuceTest::subscribe);
            }
        }
    }

    private static void useCommands(RedisClient client) {
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            commands.del("a", "n");
            assertThat(commands.ping()).isEqualTo("PONG");
            assertThat(commands.set("a", "x")).isEqualTo("OK");
            assertThat(commands.get("a")).isEqualTo("x");
            assertThatThrownBy(() -> commands.incr("a"))
                    .isInstanceOf(RedisCommandExecutionException.class)
                    .hasMessageContaining("no integer");
            String large = "\u00e4".repeat(1 << 19);
            commands.set("large", large);
            assertThat(commands.get("large")).isEqualTo(large);
            RedisAsyncCommands<String, String> async = connection.async();
            List<RedisFuture<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                counts.add(async.incr("n"));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(counts.get(i).toCompletableFuture().join()).isEqualTo(i + 1);
            }
        }
    }

    private static void subscribe(RedisClient client) {
        BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        try (StatefulRedisPubSubConnection<String, String> subscriber = client.connectPubSub();
                StatefulRedisConnection<String, String> publisher = client.connect()) {
            subscriber.addListener(
                    new RedisPubSubAdapter<>() {
                        @Override
                        public void message(String channel, String message) {
                            messages.add(channel + ": " + message);
                        }
                    });
            subscriber.sync().subscribe("news");
            assertThat(publisher.sync().publish("news", "hello")).isEqualTo(1);
            assertThat(next(messages)).isEqualTo("news: hello");
            subscriber.sync().unsubscribe("news");
            assertThat(publisher.sync().publish("news", "again")).isZero();
            subscriber.sync().subscribe("more");
            // With protocol 2 the reply is a pair, of which Lettuce has the second.
            assertThat(subscriber.sync().ping()).isIn("PONG", "");
        }
    }

    private static String next(BlockingQueue<String> messages) {
        try {
            return messages.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
