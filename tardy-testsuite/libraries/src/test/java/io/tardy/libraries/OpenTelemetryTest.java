package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * With the agent of OpenTelemetry in the server's JVM a request and all that its frames ask for are
 * one trace. No collector is needed: the headers that arrive tell of which trace a call is.
 */
@Timeout(120)
class OpenTelemetryTest {

    private static final Path TARGET = Path.of(System.getProperty("basedir", "."), "target");
    private static final List<String> CALLS =
            List.of("/frame", "/again", "/spawn", "/fork", "/offload");
    private static final int REQUESTS = 12;

    /** The header of each call, by its path. */
    private static final Map<String, String> ARRIVED = new ConcurrentHashMap<>();

    private static final Map<String, Integer> PORTS = new HashMap<>();
    private static HttpServer other;
    private static ExecutorService threads;
    private static Process traced;

    @BeforeAll
    static void start() throws IOException {
        threads = Executors.newVirtualThreadPerTaskExecutor();
        other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 128);
        other.setExecutor(threads);
        other.createContext("/", OpenTelemetryTest::arrived);
        other.start();
        traced = startTraced(other.getAddress().getPort());
        BufferedReader said = traced.inputReader();
        for (String line; (line = said.readLine()) != null && !line.equals("ready"); ) {
            String[] words = line.split(" ");
            PORTS.put(words[0], Integer.parseInt(words[1]));
        }
    }

    private static void arrived(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("traceparent");
        ARRIVED.put(exchange.getRequestURI().getPath(), String.valueOf(header));
        exchange.sendResponseHeaders(200, -1); // the connection is kept
    }

    private static Process startTraced(int port) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-javaagent:" + TARGET.resolve("agents/opentelemetry-javaagent.jar"));
        for (String signal : List.of("traces", "metrics", "logs")) {
            command.add("-Dotel." + signal + ".exporter=none");
        }
        command.addAll(
                List.of(
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath(),
                        TracedServer.class.getName(),
                        Integer.toString(port)));
        return new ProcessBuilder(command)
                .redirectError(TARGET.resolve("opentelemetry.log").toFile())
                .start();
    }

    private static String classPath() {
        return Stream.of("surefire.test.class.path", "java.class.path")
                .map(System::getProperty)
                .filter(path -> path != null)
                .findFirst()
                .map(path -> path.replace(";", File.pathSeparator))
                .orElseThrow();
    }

    @AfterAll
    static void end() throws Exception {
        if (traced != null) {
            traced.getOutputStream().close();
            boolean hasEnded = traced.waitFor(20, TimeUnit.SECONDS);
            traced.destroyForcibly();
            assertThat(hasEnded).isTrue();
        }
        other.stop(0);
        threads.close();
    }

    static Stream<String> transports() {
        return Groups.transports().stream().map(Enum::name);
    }

    /** Several at once, on connections that are kept alive: none may get the context of another. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aRequestAndAllThatItsFramesAskForAreOneTrace(String transport) throws Exception {
        try (HttpClient client = client()) {
            for (int round = 0; round < 3; round++) {
                Map<String, String> traces = new HashMap<>();
                Map<String, CompletableFuture<HttpResponse<String>>> answers = new HashMap<>();
                for (int i = 0; i < REQUESTS / 3; i++) {
                    String path = "/" + transport + "/" + round + "/" + i;
                    traces.put(path, newTrace());
                    answers.put(path, ask(client, transport, path, traces.get(path)));
                }
                for (String path : traces.keySet()) {
                    String trace = traces.get(path);
                    assertThat(answers.get(path).get(20, TimeUnit.SECONDS).body())
                            .as("in the frame")
                            .isEqualTo(trace);
                    assertThat(CALLS)
                            .allSatisfy(
                                    call ->
                                            assertThat(ARRIVED.get(path + call))
                                                    .as(path + call)
                                                    .startsWith("00-" + trace + "-"));
                }
            }
        }
    }

    /** What the page says of the agent alone; if this fails, the page can become shorter. */
    @Test
    void withoutTheContextOfItsRequestAFrameBeginsTracesOfItsOwn() throws Exception {
        String transport = transports().findFirst().orElseThrow();
        String trace = newTrace();
        try (HttpClient client = client()) {
            HttpResponse<String> answer =
                    ask(client, transport, "/without", trace).get(20, TimeUnit.SECONDS);
            assertThat(answer.body()).matches("0+");
        }
        assertThat(CALLS)
                .allSatisfy(
                        call ->
                                assertThat(ARRIVED.get("/without" + call))
                                        .startsWith("00-")
                                        .doesNotContain(trace));
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static CompletableFuture<HttpResponse<String>> ask(
            HttpClient client, String transport, String path, String trace) {
        URI uri = URI.create("http://127.0.0.1:" + PORTS.get(transport) + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(20))
                        .header("traceparent", "00-" + trace + "-00000000000000ff-01")
                        .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String newTrace() {
        byte[] id = new byte[16];
        new Random().nextBytes(id);
        id[0] = 1; // not all zeros
        return HexFormat.of().formatHex(id);
    }
}
