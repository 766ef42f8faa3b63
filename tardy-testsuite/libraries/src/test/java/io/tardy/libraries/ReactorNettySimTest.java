package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.DefaultAddressResolverGroup;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufMono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionProvider;

/** reactor-netty's HTTP server and client in a simulation. */
@Simulated
class ReactorNettySimTest {

    private static final int SEEDS = 50;
    private static final int ROUNDS = 10;

    private static void serve(SimHost host, TardyRuntime rt) {
        TardyEventLoopGroup group = Scene.group(host);
        rt.spawn(
                () ->
                        rt.await(
                                HttpServer.create()
                                        .runOn(group)
                                        .host("0.0.0.0")
                                        .port(80)
                                        .route(
                                                routes ->
                                                        routes.post(
                                                                "/echo",
                                                                (request, response) ->
                                                                        response.send(
                                                                                request.receive()
                                                                                        .retain())))
                                        .bind()
                                        .toFuture()));
    }

    /** A connection for each request: its pool would have a timer of its own. */
    private static HttpClient client(TardyEventLoopGroup group) {
        return HttpClient.create(ConnectionProvider.newConnection())
                .runOn(group)
                .resolver(DefaultAddressResolverGroup.INSTANCE)
                .responseTimeout(Duration.ofSeconds(1));
    }

    /** How often the answer came, and not the end of the connection or of the time for it. */
    private static int echo(TardyRuntime rt, HttpClient client) throws Exception {
        int answers = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String text = "x".repeat(i * 500);
            Mono<String> answer =
                    client.post()
                            .uri("http://server/echo")
                            .send(ByteBufMono.fromString(Mono.just(text)))
                            .responseContent()
                            .aggregate()
                            .asString()
                            .defaultIfEmpty("");
            String echoed =
                    rt.await(answer.onErrorResume(broken -> Mono.just("broken")).toFuture());
            assertThat(echoed).isIn(text, "broken");
            answers += echoed.equals(text) ? 1 : 0;
            Frame.delay(Duration.ofMillis(100));
        }
        return answers;
    }

    /** Two clients, one of them behind a partition that heals. */
    static void scene(Sim sim) throws Exception {
        SimHost server = sim.host("server");
        server.start(rt -> serve(server, rt));
        Scene.withOneParted(
                sim, server, name -> client(sim, name, new int[1]), 1_000, 5_000, none -> {});
    }

    private static SimHost client(Sim sim, String name, int[] answers) {
        SimHost host = sim.host(name);
        return host.start(
                rt -> {
                    TardyEventLoopGroup group = Scene.group(host);
                    rt.spawn(
                            () -> {
                                answers[0] = echo(rt, client(group));
                                group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
                            });
                });
    }

    @Test
    void requestsAreAnsweredOrBreak() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Scene.REACTOR_NETTY.run(seed);
        }
    }

    @Test
    void withoutFaultsAllRequestsAreAnswered() {
        int[] answers = new int[1];
        Sim.run(
                1,
                sim -> {
                    SimHost server = sim.host("server");
                    server.start(rt -> serve(server, rt));
                    sim.delay(Duration.ofMillis(10));
                    client(sim, "client", answers).await();
                });
        assertThat(answers[0]).isEqualTo(ROUNDS);
    }
}
