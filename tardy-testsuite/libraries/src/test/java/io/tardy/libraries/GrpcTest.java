package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ReflectiveChannelFactory;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;

/** gRPC's server and client on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class GrpcTest {

    private static final int MESSAGES = 1000;

    /** Whose threads called the service and the clients' observers. */
    private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();

    @FunctionalInterface
    private interface Body {
        void run(ManagedChannel client) throws Exception;
    }

    private static NettyServerBuilder server(TardyEventLoopGroup group, SocketAddress address) {
        return NettyServerBuilder.forAddress(address)
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .channelType(group.serverSocketChannel());
    }

    private static NettyChannelBuilder client(TardyEventLoopGroup group, SocketAddress address) {
        return NettyChannelBuilder.forAddress(address)
                .eventLoopGroup(group)
                .channelType(group.socketChannel());
    }

    private void withService(TardyEventLoopGroup group, Body body) throws Exception {
        SocketAddress anywhere = new InetSocketAddress("127.0.0.1", 0);
        withService(server(group, anywhere), address -> client(group, address), service(), body);
    }

    private static void withService(
            NettyServerBuilder serverBuilder,
            Function<SocketAddress, NettyChannelBuilder> clientBuilder,
            ServerServiceDefinition service,
            Body body)
            throws Exception {
        // Direct: what is not given to another executor runs on the loops.
        Server server = serverBuilder.directExecutor().addService(service).build().start();
        try {
            ManagedChannel client =
                    clientBuilder
                            .apply(server.getListenSockets().getFirst())
                            .directExecutor()
                            .usePlaintext()
                            .build();
            try {
                body.run(client);
            } finally {
                client.shutdownNow();
                assertThat(client.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .isTrue();
            }
        } finally {
            server.shutdownNow();
            assertThat(server.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(TextService.NAME)
                .addMethod(TextService.UPPER, ServerCalls.asyncUnaryCall(this::upper))
                .addMethod(TextService.COUNT, ServerCalls.asyncServerStreamingCall(this::count))
                .addMethod(TextService.JOIN, ServerCalls.asyncClientStreamingCall(this::join))
                .addMethod(
                        TextService.UPPER_EACH, ServerCalls.asyncBidiStreamingCall(this::upperEach))
                .build();
    }

    private void upper(String text, StreamObserver<String> answer) {
        runtimes.add(TardyRuntime.current());
        answer.onNext(text.toUpperCase());
        answer.onCompleted();
    }

    private void count(String below, StreamObserver<String> answer) {
        runtimes.add(TardyRuntime.current());
        IntStream.range(0, Integer.parseInt(below))
                .mapToObj(Integer::toString)
                .forEach(answer::onNext);
        answer.onCompleted();
    }

    private StreamObserver<String> join(StreamObserver<String> answer) {
        runtimes.add(TardyRuntime.current());
        Collected all = new Collected(runtimes);
        all.whole.thenAccept(
                texts -> {
                    answer.onNext(String.join(" ", texts));
                    answer.onCompleted();
                });
        return all;
    }

    private StreamObserver<String> upperEach(StreamObserver<String> answer) {
        runtimes.add(TardyRuntime.current());
        return new StreamObserver<>() {
            @Override
            public void onNext(String text) {
                answer.onNext(text.toUpperCase());
            }

            @Override
            public void onError(Throwable failure) {
                // The client is gone.
            }

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    /** All that a stream brings, once it has ended. */
    private static final class Collected implements StreamObserver<String> {

        final CompletableFuture<List<String>> whole = new CompletableFuture<>();
        private final List<String> texts = new ArrayList<>();
        private final Queue<TardyRuntime> runtimes;

        Collected(Queue<TardyRuntime> runtimes) {
            this.runtimes = runtimes;
        }

        @Override
        public void onNext(String text) {
            runtimes.add(TardyRuntime.current());
            texts.add(text);
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            whole.complete(texts);
        }

        List<String> get() throws Exception {
            return whole.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void assertOnlyOn(TardyEventLoopGroup group) {
        assertThat(runtimes).isNotEmpty().allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
    }

    /** Two loops, which alone must carry what the body does. */
    private void onTheLoops(AsyncType transport, Body body) throws Exception {
        Groups.withGroup(
                2,
                transport,
                group -> {
                    withService(group, body);
                    assertOnlyOn(group);
                });
    }

    @OnEachTransport
    void callsAreServedOnTheLoops(AsyncType transport) throws Exception {
        onTheLoops(
                transport,
                client -> {
                    assertThat(call(client, "hello")).isEqualTo("HELLO");
                });
    }

    private static String call(ManagedChannel client, String text) {
        return ClientCalls.blockingUnaryCall(
                client,
                TextService.UPPER,
                CallOptions.DEFAULT.withDeadlineAfter(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS),
                text);
    }

    @OnEachTransport
    void theServerStreams(AsyncType transport) throws Exception {
        onTheLoops(
                transport,
                client -> {
                    Collected numbers = new Collected(runtimes);
                    ClientCalls.asyncServerStreamingCall(
                            client.newCall(TextService.COUNT, CallOptions.DEFAULT),
                            "" + MESSAGES,
                            numbers);
                    assertThat(numbers.get()).isEqualTo(numbers());
                });
    }

    @OnEachTransport
    void theClientStreams(AsyncType transport) throws Exception {
        onTheLoops(
                transport,
                client -> {
                    Collected joined = new Collected(runtimes);
                    send(
                            numbers(),
                            ClientCalls.asyncClientStreamingCall(
                                    client.newCall(TextService.JOIN, CallOptions.DEFAULT), joined));
                    assertThat(joined.get()).containsExactly(String.join(" ", numbers()));
                });
    }

    @OnEachTransport
    void bothStream(AsyncType transport) throws Exception {
        onTheLoops(
                transport,
                client -> {
                    Collected upper = new Collected(runtimes);
                    List<String> texts = numbers().stream().map(number -> "n" + number).toList();
                    send(
                            texts,
                            ClientCalls.asyncBidiStreamingCall(
                                    client.newCall(TextService.UPPER_EACH, CallOptions.DEFAULT),
                                    upper));
                    assertThat(upper.get())
                            .isEqualTo(texts.stream().map(String::toUpperCase).toList());
                });
    }

    private static List<String> numbers() {
        return IntStream.range(0, MESSAGES).mapToObj(Integer::toString).toList();
    }

    private static void send(List<String> texts, StreamObserver<String> requests) {
        texts.forEach(requests::onNext);
        requests.onCompleted();
    }

    @OnEachTransport
    void theLoopsCarryAllChannels(AsyncType transport) throws Exception {
        SeenChannels seen = new SeenChannels();
        Groups.withGroup(
                2,
                transport,
                group -> {
                    withService(
                            server(group, new InetSocketAddress("127.0.0.1", 0))
                                    .channelFactory(
                                            seen.servers(
                                                    new ReflectiveChannelFactory<>(
                                                            group.serverSocketChannel()))),
                            address ->
                                    client(group, address)
                                            .channelFactory(seen.clients(group.socketChannel())),
                            service(),
                            client -> assertThat(call(client, "seen")).isEqualTo("SEEN"));
                    seen.assertAllOn(group);
                });
    }

    /** With one loop, a caller or a service that held its thread would wait for itself. */
    @OnEachTransport
    void framesCallAndServe(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group ->
                        withServiceInFrames(
                                group,
                                client -> {
                                    Frame<String> frame =
                                            Groups.runtimeOf(group)
                                                    .spawnCall(
                                                            () ->
                                                                    call(client, "a")
                                                                            + call(client, "b"));
                                    assertThat(frame.join()).isEqualTo("AB");
                                }));
    }

    private static void inAFrame(String text, StreamObserver<String> answer) {
        TardyRuntime.current()
                .submit(() -> upperOf(text))
                .whenComplete(
                        (upper, failure) -> {
                            if (failure == null) {
                                answer.onNext(upper);
                                answer.onCompleted();
                            } else { // or the client would wait until its deadline
                                answer.onError(Status.INTERNAL.withCause(failure).asException());
                            }
                        });
    }

    private static String upperOf(String text) throws IOException {
        Frame.delay(Duration.ofMillis(1)); // or wait for a database
        if (text.isEmpty()) {
            throw new IOException("a frame that fails");
        }
        return text.toUpperCase();
    }

    /** The call ends with an error, and the server goes on. */
    @OnEachTransport
    void aFrameThatFailsAnswersItsCall(AsyncType transport) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group ->
                        withServiceInFrames(
                                group,
                                client -> {
                                    assertThatExceptionOfType(StatusRuntimeException.class)
                                            .isThrownBy(() -> call(client, ""))
                                            .matches(
                                                    e ->
                                                            e.getStatus().getCode()
                                                                    == Status.Code.INTERNAL);
                                    assertThat(call(client, "a")).isEqualTo("A");
                                }));
    }

    private static void withServiceInFrames(TardyEventLoopGroup group, Body body) throws Exception {
        withService(
                server(group, new InetSocketAddress("127.0.0.1", 0)),
                address -> client(group, address),
                ServerServiceDefinition.builder(TextService.NAME)
                        .addMethod(
                                TextService.UPPER, ServerCalls.asyncUnaryCall(GrpcTest::inAFrame))
                        .build(),
                body);
    }
}
