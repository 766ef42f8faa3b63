package io.tardy.peers;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The JDK's client. */
class JdkHttpTest implements HttpClientContract {

    @Override
    public HttpPeer peer() {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return new HttpPeer() {
            @Override
            public Answer ask(String method, URI uri, String content, boolean expectsContinue)
                    throws Exception {
                HttpRequest request =
                        HttpRequest.newBuilder(uri)
                                .method(
                                        method,
                                        content == null
                                                ? BodyPublishers.noBody()
                                                : BodyPublishers.ofString(content))
                                .expectContinue(expectsContinue)
                                .timeout(Duration.ofSeconds(Transports.PATIENCE_SECONDS))
                                .build();
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                return new Answer(
                        response.statusCode(),
                        response.body(),
                        response.headers().firstValueAsLong("content-length").orElse(-1));
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
