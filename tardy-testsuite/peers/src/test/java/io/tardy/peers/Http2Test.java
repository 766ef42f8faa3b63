package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.tardy.aio.AsyncType;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of HTTP/2 with a frame for each of their streams. */
class Http2Test {

    private static final int STREAMS = 200;
    private static final int CONTENT_LENGTH = 300_000;

    @TempDir private Path folder;

    private static X509Bundle certificate() throws Exception {
        return new CertificateBuilder()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static SSLContext ssl(TrustManagerFactory trust) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), new SecureRandom());
        return context;
    }

    @Test
    void theJdksClient() throws Exception {
        X509Bundle certificate = certificate();
        try (Http2Server server = new Http2Server(AsyncType.IO_URING, certificate);
                HttpClient client =
                        HttpClient.newBuilder()
                                .sslContext(ssl(certificate.toTrustManagerFactory()))
                                .build()) {
            List<CompletableFuture<HttpResponse<String>>> answers =
                    IntStream.range(0, STREAMS)
                            .mapToObj(i -> HttpRequest.newBuilder(server.uri("/" + i)).build())
                            .map(
                                    request ->
                                            client.sendAsync(
                                                    request, HttpResponse.BodyHandlers.ofString()))
                            .toList();
            for (int i = 0; i < STREAMS; i++) {
                HttpResponse<String> answer =
                        answers.get(i).get(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(answer.body()).isEqualTo("the page at /" + i);
            }
            String content = "x".repeat(CONTENT_LENGTH);
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(server.uri("/"))
                                    .POST(HttpRequest.BodyPublishers.ofString(content))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo(content);
        }
    }

    @Test
    void okHttp() throws Exception {
        X509Bundle certificate = certificate();
        TrustManagerFactory trust = certificate.toTrustManagerFactory();
        try (Http2Server server = new Http2Server(AsyncType.EPOLL, certificate)) {
            converse(
                    new OkHttpClient.Builder()
                            .sslSocketFactory(
                                    ssl(trust).getSocketFactory(),
                                    (X509TrustManager) trust.getTrustManagers()[0])
                            .build(),
                    server);
        }
        try (Http2Server server = new Http2Server(AsyncType.EPOLL, null)) {
            converse(
                    new OkHttpClient.Builder()
                            .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                            .build(),
                    server);
        }
    }

    private static void converse(OkHttpClient client, Http2Server server) throws IOException {
        String content = "x".repeat(CONTENT_LENGTH);
        String url = server.uri("/").toString();
        Request get = new Request.Builder().url(url).build();
        Request post =
                new Request.Builder().url(url).post(RequestBody.create(content, null)).build();
        for (int i = 0; i < STREAMS; i++) {
            assertThat(ask(client, get)).isEqualTo("the page at /");
        }
        assertThat(ask(client, post)).isEqualTo(content);
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    private static String ask(OkHttpClient client, Request request) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            assertThat(response.code()).isEqualTo(200);
            assertThat(response.protocol()).isIn(Protocol.HTTP_2, Protocol.H2_PRIOR_KNOWLEDGE);
            return response.body().string();
        }
    }

    @Test
    void nghttp() throws Exception {
        Path content = content();
        try (Http2Server server = new Http2Server(AsyncType.EPOLL, null)) {
            String url = server.uri("/").toString();
            assertThat(run("nghttp", "--no-push", "-t", "10", url)).isEqualTo("the page at /");
            assertThat(run("nghttp", "-t", "10", "-d", content.toString(), url))
                    .isEqualTo(Files.readString(content));
        }
        try (Http2Server server = new Http2Server(AsyncType.EPOLL, certificate())) {
            assertThat(run("nghttp", "--no-verify-peer", "-t", "10", server.uri("/tls").toString()))
                    .isEqualTo("the page at /tls");
        }
    }

    @Test
    void h2load() throws Exception {
        Path content = content();
        try (Http2Server server = new Http2Server(AsyncType.IO_URING, null)) {
            String url = server.uri("/").toString();
            assertThat(run("h2load", "-n", "5000", "-c", "8", "-m", "50", url))
                    .contains("5000 total, 5000 started, 5000 done, 5000 succeeded, 0 failed");
            assertThat(
                            run(
                                    "h2load",
                                    "-n",
                                    "200",
                                    "-c",
                                    "4",
                                    "-m",
                                    "10",
                                    "-d",
                                    content.toString(),
                                    url))
                    .contains("200 total, 200 started, 200 done, 200 succeeded, 0 failed");
        }
        try (Http2Server server = new Http2Server(AsyncType.IO_URING, certificate())) {
            assertThat(run("h2load", "-n", "1000", "-c", "4", "-m", "20", server.uri("/") + ""))
                    .contains("1000 total, 1000 started, 1000 done, 1000 succeeded, 0 failed");
        }
    }

    @Test
    void curl() throws Exception {
        Path content = content();
        try (Http2Server server = new Http2Server(AsyncType.IO_URING, null)) {
            String url = server.uri("/").toString();
            // One each: curl 7.88 does not come back to a connection of prior knowledge, with
            // nghttpd neither.
            assertThat(run("curl", "-sS", "-m", "10", "--http2-prior-knowledge", url))
                    .isEqualTo("the page at /");
            assertThat(
                            run(
                                    "curl",
                                    "-sS",
                                    "-m",
                                    "10",
                                    "--http2-prior-knowledge",
                                    "--data-binary",
                                    "@" + content,
                                    url))
                    .isEqualTo(Files.readString(content));
            assertThat(run("curl", "-sS", "-m", "10", "--http2-prior-knowledge", "-I", url))
                    .startsWith("HTTP/2 200");
        }
    }

    private Path content() throws IOException {
        return Files.writeString(folder.resolve("content"), "x".repeat(CONTENT_LENGTH));
    }

    /**
     * What a program prints; it must end well, and soon. Where it is missing the test is skipped,
     * or fails with {@code -Dtardy.tools.required}.
     */
    private String run(String... command) throws Exception {
        Path out = Files.createTempFile(folder, command[0], ".out");
        Process process;
        try {
            process =
                    new ProcessBuilder(new ArrayList<>(List.of(command)))
                            .redirectErrorStream(true)
                            .redirectOutput(out.toFile())
                            .start();
        } catch (IOException e) {
            String missing = e.getMessage() + ": .ci/install-tools installs it";
            return Boolean.getBoolean("tardy.tools.required") ? fail(missing, e) : abort(missing);
        }
        try {
            assertThat(process.waitFor(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends", command[0])
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
