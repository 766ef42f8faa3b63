package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Filters;
import com.mongodb.connection.NettyTransportSettings;
import com.mongodb.connection.TransportSettings;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.tardy.Deadline;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** MongoDB's reactive driver on a group of Tardy's, with a server that keeps all in memory. */
@ExtendWith(LeakCheck.class)
class MongoTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    private static MongoClient client(TardyEventLoopGroup group, String url) {
        TransportSettings transport =
                NettyTransportSettings.nettyBuilder()
                        .eventLoopGroup(group)
                        .socketChannelClass(group.socketChannel())
                        .build();
        return MongoClients.create(
                MongoClientSettings.builder()
                        .transportSettings(transport)
                        .applyConnectionString(new ConnectionString(url))
                        .applyToClusterSettings(
                                cluster -> cluster.serverSelectionTimeout(2, TimeUnit.SECONDS))
                        .build());
    }

    private static String greet(TardyRuntime rt, MongoCollection<Document> greetings, String name)
            throws Exception {
        first(rt, greetings.insertOne(new Document("_id", name).append("text", "hello " + name)));
        return first(rt, greetings.find(Filters.eq(name)).first()).getString("text");
    }

    /** What a publisher of one value has, or null if it has none. */
    private static <T> T first(TardyRuntime rt, Publisher<T> publisher) throws Exception {
        return rt.awaitFirst(FlowAdapters.toFlowPublisher(publisher));
    }

    private static List<Document> all(TardyRuntime rt, MongoCollection<Document> greetings)
            throws Exception {
        return first(rt, Flux.from(greetings.find()).collectList());
    }

    /** As a server, but for two collections. */
    private static final class Server implements AutoCloseable {

        private final CompletableFuture<Void> silence = new CompletableFuture<>();
        private final MongoServer server = new MongoServer(new Backend());

        static Server start() {
            Server started = new Server();
            started.server.bind(new InetSocketAddress("127.0.0.1", 0));
            return started;
        }

        private final class Backend extends MemoryBackend {
            @Override
            public de.bwaldvogel.mongo.bson.Document handleMessage(MongoMessage message) {
                if (message.getDocument().containsValue("lost")) { // who asks loses the server
                    server.stopListening();
                    message.getChannel().close();
                }
                if (message.getDocument().containsValue("silent")) {
                    silence.join();
                }
                return super.handleMessage(message);
            }
        }

        String url() {
            return server.getConnectionString();
        }

        void endSilence() {
            silence.complete(null);
        }

        @Override
        public void close() {
            endSilence();
            server.shutdownNow();
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyRuntime rt, MongoDatabase database, Server server) throws Exception;
    }

    /** With one loop, a frame that held its thread would wait for itself. */
    private static void withDatabase(AsyncType transport, Body body) throws Exception {
        try (Server server = Server.start()) {
            Groups.withGroup(
                    1,
                    transport,
                    group -> {
                        TardyRuntime rt = Groups.runtimeOf(group);
                        try (MongoClient client = client(group, server.url())) {
                            body.run(rt, client.getDatabase("test"), server);
                        } finally {
                            server.endSilence();
                        }
                        assertThat(group.isShuttingDown()).isFalse();
                    });
        }
    }

    @OnEachTransport
    void framesShareTheClient(AsyncType transport) throws Exception {
        withDatabase(
                transport,
                (rt, database, server) -> {
                    MongoCollection<Document> greetings = database.getCollection("greetings");
                    List<CompletableFuture<String>> frames = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        String name = "frame " + i;
                        frames.add(rt.submit(() -> greet(rt, greetings, name)));
                    }
                    for (int i = 0; i < 50; i++) {
                        assertThat(frames.get(i).get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                                .isEqualTo("hello frame " + i);
                    }
                    assertThat(Groups.inFrame(rt, () -> all(rt, greetings))).hasSize(50);
                    assertThat(
                                    Mono.from(database.runCommand(new Document("ping", 1)))
                                            .map(pong -> TardyRuntime.current())
                                            .toFuture()
                                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isSameAs(rt);
                });
    }

    /** A value that there is already; a command that there is not. */
    @OnEachTransport
    void aFailureArrivesInTheFrame(AsyncType transport) throws Exception {
        withDatabase(
                transport,
                (rt, database, server) -> {
                    MongoCollection<Document> greetings = database.getCollection("greetings");
                    assertThat(Groups.inFrame(rt, () -> greet(rt, greetings, "twice")))
                            .isEqualTo("hello twice");
                    assertThatThrownBy(
                                    () -> Groups.inFrame(rt, () -> greet(rt, greetings, "twice")))
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isInstanceOf(MongoWriteException.class)
                            .hasMessageContaining("E11000");
                    Document nonsense = new Document("nonsense", 1);
                    assertThatThrownBy(
                                    () ->
                                            Groups.inFrame(
                                                    rt,
                                                    () -> first(rt, database.runCommand(nonsense))))
                            .cause()
                            .isInstanceOf(MongoCommandException.class)
                            .hasMessageContaining("no such command");
                    assertThat(Groups.inFrame(rt, () -> all(rt, greetings))).hasSize(1);
                });
    }

    /** It takes the command, and goes; nobody can connect again. */
    @OnEachTransport
    void aServerThatGoesFailsTheFrameThatWaits(AsyncType transport) throws Exception {
        withDatabase(
                transport,
                (rt, database, server) -> {
                    MongoCollection<Document> lost = database.getCollection("lost");
                    assertThatThrownBy(() -> Groups.inFrame(rt, () -> greet(rt, lost, "anybody")))
                            .cause()
                            .isInstanceOf(MongoSocketException.class);
                    assertThatThrownBy(() -> Groups.inFrame(rt, () -> all(rt, lost)))
                            .cause()
                            .isInstanceOf(MongoException.class);
                });
    }

    /** Nobody is there from the start. */
    @OnEachTransport
    void theFrameWaitsAsLongAsTheDriverLooksForAServer(AsyncType transport) throws Exception {
        Server server = Server.start();
        String url = server.url();
        server.close();
        Groups.withGroup(
                1,
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    try (MongoClient client = client(group, url)) {
                        MongoCollection<Document> greetings =
                                client.getDatabase("test").getCollection("greetings");
                        assertThatThrownBy(() -> Groups.inFrame(rt, () -> all(rt, greetings)))
                                .cause()
                                .isInstanceOf(MongoTimeoutException.class);
                    }
                });
    }

    @OnEachTransport
    void aDeadlineEndsTheWaitForASilentServer(AsyncType transport) throws Exception {
        withDatabase(
                transport,
                (rt, database, server) -> {
                    MongoCollection<Document> silent = database.getCollection("silent");
                    assertThatThrownBy(() -> Groups.inFrame(rt, () -> within(SHORT, rt, silent)))
                            .cause()
                            .isInstanceOf(DeadlineExceededException.class);
                    server.endSilence();
                    assertThat(Groups.inFrame(rt, () -> all(rt, silent))).isEmpty();
                });
    }

    private static List<Document> within(
            Duration time, TardyRuntime rt, MongoCollection<Document> greetings) throws Exception {
        return Deadline.callWithin(time, () -> all(rt, greetings));
    }
}
