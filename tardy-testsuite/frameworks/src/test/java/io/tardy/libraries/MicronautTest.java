package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Property;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.client.HttpClient;
import io.micronaut.http.client.exceptions.HttpClientResponseException;
import io.micronaut.http.netty.channel.DefaultEventLoopGroupFactory;
import io.micronaut.http.netty.channel.DefaultEventLoopGroupRegistry;
import io.micronaut.http.netty.channel.EventLoopGroupConfiguration;
import io.micronaut.http.netty.channel.EventLoopGroupFactory;
import io.micronaut.http.netty.channel.EventLoopGroupRegistry;
import io.micronaut.http.netty.channel.NettyChannelType;
import io.micronaut.runtime.server.EmbeddedServer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;

/** Micronaut's server and client on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class MicronautTest {

    @Factory
    static class TardyFactory {

        @Bean(preDestroy = "shutdownGracefully")
        @Singleton
        TardyEventLoopGroup group(
                @Property(name = "transport", defaultValue = "auto") String transport) {
            return new TardyEventLoopGroup(AsyncType.ofLabel(transport));
        }
    }

    /** Which groups there are: one. */
    @Singleton
    @Replaces(DefaultEventLoopGroupRegistry.class)
    static class TardyRegistry implements EventLoopGroupRegistry {

        private final TardyEventLoopGroup group;

        TardyRegistry(TardyEventLoopGroup group) {
            this.group = group;
        }

        @Override
        public Optional<EventLoopGroup> getEventLoopGroup(String name) {
            return Optional.of(group);
        }

        @Override
        public EventLoopGroup getDefaultEventLoopGroup() {
            return group;
        }

        @Override
        public Optional<EventLoopGroupConfiguration> getEventLoopGroupConfiguration(String name) {
            return Optional.empty();
        }
    }

    /** Which channels they carry. */
    @Primary
    @Singleton
    @Replaces(DefaultEventLoopGroupFactory.class)
    static class TardyChannels implements EventLoopGroupFactory {

        private final TardyEventLoopGroup group;

        TardyChannels(TardyEventLoopGroup group) {
            this.group = group;
        }

        @Override
        public Class<? extends Channel> channelClass(NettyChannelType type) {
            return switch (type) {
                case SERVER_SOCKET -> group.serverSocketChannel();
                case CLIENT_SOCKET -> group.socketChannel();
                case DOMAIN_SOCKET -> group.domainSocketChannel();
                case DOMAIN_SERVER_SOCKET -> group.serverDomainSocketChannel();
                case DATAGRAM_SOCKET -> group.datagramChannel();
            };
        }

        @Override
        public Class<? extends Channel> channelClass(
                NettyChannelType type, EventLoopGroupConfiguration configuration) {
            return channelClass(type);
        }

        @Override
        public Channel channelInstance(
                NettyChannelType type, EventLoopGroupConfiguration configuration) {
            try {
                return channelClass(type).getConstructor().newInstance();
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Controller
    static class Hello {

        private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();

        @Get("/hello")
        String hello() {
            runtimes.add(TardyRuntime.current());
            return "hello";
        }

        @Get("/frame")
        CompletableFuture<String> frame() {
            return TardyRuntime.current().submit(this::answer);
        }

        private String answer() throws IOException {
            Frame.delay(Duration.ofMillis(1)); // or wait for others
            return "a frame";
        }

        @Get("/failing")
        CompletableFuture<String> failing() {
            return TardyRuntime.current().submit(this::fail);
        }

        private String fail() {
            throw new IllegalStateException("the frame fails");
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(ApplicationContext context, HttpClient client) throws Exception;
    }

    private static void withApplication(AsyncType transport, Body body) throws Exception {
        TardyEventLoopGroup group;
        try (EmbeddedServer server =
                ApplicationContext.run(
                        EmbeddedServer.class,
                        Map.of(
                                "micronaut.server.host",
                                "127.0.0.1",
                                "micronaut.server.port",
                                -1,
                                "jackson.module-scan", // Finagle has one for an older Jackson
                                false,
                                "transport",
                                transport.label()))) {
            ApplicationContext context = server.getApplicationContext();
            group = context.getBean(TardyEventLoopGroup.class);
            try (HttpClient client = context.createBean(HttpClient.class, server.getURL())) {
                body.run(context, client);
            }
        }
        assertThat(group.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private static String get(HttpClient client, String path) {
        return client.toBlocking().retrieve(HttpRequest.GET(path), String.class);
    }

    @OnEachTransport
    void theLoopsCarryServerAndClient(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client) -> {
                    TardyEventLoopGroup group = context.getBean(TardyEventLoopGroup.class);
                    assertThat(group.backend().type()).isEqualTo(transport);
                    assertThat(get(client, "/hello")).isEqualTo("hello");
                    assertThat(context.getBean(Hello.class).runtimes)
                            .isNotEmpty()
                            .allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
                });
    }

    @OnEachTransport
    void framesCallAndServe(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client) -> {
                    TardyRuntime rt = Groups.runtimeOf(context.getBean(TardyEventLoopGroup.class));
                    Frame<String> frame = rt.spawnCall(() -> get(client, "/frame"));
                    assertThat(frame.join()).isEqualTo("a frame");
                });
    }

    @OnEachTransport
    void aFrameThatFailsAnswers500(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client) ->
                        assertThatExceptionOfType(HttpClientResponseException.class)
                                .isThrownBy(() -> get(client, "/failing"))
                                .satisfies(e -> assertThat(e.code()).isEqualTo(500)));
    }
}
