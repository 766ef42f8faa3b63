package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Spring Boot with WebFlux on a group of Tardy's. */
@ExtendWith(LeakCheck.class)
class WebFluxTest {

    private static final Duration PATIENCE = Duration.ofSeconds(Groups.PATIENCE_SECONDS);

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        @Bean(destroyMethod = "shutdownGracefully")
        TardyEventLoopGroup group(@Value("${transport:auto}") String transport) {
            return new TardyEventLoopGroup(AsyncType.ofLabel(transport));
        }

        /** For the server, and for each client that is given it. */
        @Bean
        ReactorResourceFactory reactorResources(TardyEventLoopGroup group) {
            ReactorResourceFactory resources = new ReactorResourceFactory();
            resources.setUseGlobalResources(false);
            resources.setLoopResources(new TardyLoops(group));
            return resources;
        }

        @Bean
        WebClient client(ReactorResourceFactory resources) {
            return WebClient.builder()
                    .clientConnector(new ReactorClientHttpConnector(resources, it -> it))
                    .build();
        }

        @Bean
        Hello hello(TardyEventLoopGroup group) {
            HttpClient client = HttpClient.newConnection().runOn(new TardyLoops(group));
            return new Hello(
                    WebClient.builder()
                            .clientConnector(new ReactorClientHttpConnector(client))
                            .build());
        }
    }

    @RestController
    static class Hello {

        private final Queue<TardyRuntime> runtimes = new ConcurrentLinkedQueue<>();
        private final WebClient newConnections;

        Hello(WebClient newConnections) {
            this.newConnections = newConnections;
        }

        @GetMapping("/hello")
        String hello() {
            runtimes.add(TardyRuntime.current());
            return "hello";
        }

        @GetMapping("/frame")
        Mono<String> frame() {
            return Mono.fromFuture(() -> TardyRuntime.current().submit(this::answer));
        }

        private String answer() throws IOException {
            Frame.delay(Duration.ofMillis(1)); // or wait for others
            return "a frame";
        }

        @GetMapping("/failing")
        Mono<String> failing() {
            return Mono.fromFuture(() -> TardyRuntime.current().submit(this::fail));
        }

        private String fail() {
            throw new IllegalStateException("the frame fails");
        }

        /** Asks this server over a new connection: the answer comes on the loop of this handler. */
        @GetMapping("/asking/{port}")
        Mono<String> asking(@PathVariable("port") int port) {
            TardyRuntime mine = TardyRuntime.current();
            return get(newConnections, port, "/hello")
                    .map(hello -> hello + ", " + (TardyRuntime.current() == mine));
        }
    }

    private static Mono<String> get(WebClient client, int port, String path) {
        return client.get()
                .uri("http://127.0.0.1:" + port + path)
                .retrieve()
                .bodyToMono(String.class);
    }

    @FunctionalInterface
    private interface Body {
        void run(ConfigurableApplicationContext context, WebClient client, int port)
                throws Exception;
    }

    private static void withApplication(AsyncType transport, Body body) throws Exception {
        TardyEventLoopGroup group;
        try (ConfigurableApplicationContext context =
                new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.REACTIVE)
                        .properties(
                                "server.address=127.0.0.1",
                                "server.port=0",
                                "spring.main.banner-mode=off",
                                "transport=" + transport.label())
                        .run()) {
            group = context.getBean(TardyEventLoopGroup.class);
            int port = context.getEnvironment().getRequiredProperty("local.server.port", int.class);
            body.run(context, context.getBean(WebClient.class), port);
        }
        assertThat(group.awaitTermination(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @OnEachTransport
    void theLoopsCarryServerAndClient(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client, port) -> {
                    TardyEventLoopGroup group = context.getBean(TardyEventLoopGroup.class);
                    assertThat(group.backend().type()).isEqualTo(transport);
                    assertThat(get(client, port, "/hello").block(PATIENCE)).isEqualTo("hello");
                    assertThat(context.getBean(Hello.class).runtimes)
                            .isNotEmpty()
                            .allSatisfy(runtime -> Groups.assertIsOf(group, runtime));
                });
    }

    @OnEachTransport
    void aNewConnectionIsOnTheLoopOfTheHandlerThatAsks(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client, port) -> {
                    for (int i = 0; i < 8; i++) {
                        assertThat(get(client, port, "/asking/" + port).block(PATIENCE))
                                .isEqualTo("hello, true");
                    }
                });
    }

    @OnEachTransport
    void framesCallAndServe(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client, port) -> {
                    TardyRuntime rt = Groups.runtimeOf(context.getBean(TardyEventLoopGroup.class));
                    Frame<String> frame =
                            rt.spawnCall(() -> rt.await(get(client, port, "/frame").toFuture()));
                    assertThat(frame.join()).isEqualTo("a frame");
                });
    }

    @OnEachTransport
    void aFrameThatFailsAnswers500(AsyncType transport) throws Exception {
        withApplication(
                transport,
                (context, client, port) -> {
                    String status =
                            get(client, port, "/failing")
                                    .onErrorResume(
                                            WebClientResponseException.class,
                                            e -> Mono.just(e.getStatusCode().toString()))
                                    .block(PATIENCE);
                    assertThat(status).startsWith("500");
                });
    }
}
