package io.tardy.peers;

import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.StringRequestContent;
import org.eclipse.jetty.http.HttpHeader;

/** Jetty's client. */
class JettyHttpTest implements HttpClientContract {

    @Override
    public HttpPeer peer() throws Exception {
        HttpClient client = new HttpClient();
        client.start();
        return new HttpPeer() {
            @Override
            public Answer ask(String method, URI uri, String content, boolean expectsContinue)
                    throws Exception {
                Request request =
                        client.newRequest(uri)
                                .method(method)
                                .timeout(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (content != null) {
                    request.body(new StringRequestContent(content));
                }
                if (expectsContinue) {
                    request.headers(headers -> headers.put(HttpHeader.EXPECT, "100-continue"));
                }
                CompletableFuture<HttpPeer.Answer> answer = new CompletableFuture<>();
                request.send(new Listener(answer));
                return answer.get(Transports.PATIENCE_SECONDS, TimeUnit.SECONDS);
            }

            @Override
            public void close() throws Exception {
                client.stop();
            }
        };
    }

    /**
     * The answer counts although it comes before the request is over, which Jetty calls a failure.
     */
    private static final class Listener extends BufferingResponseListener {

        private final CompletableFuture<HttpPeer.Answer> answer;

        Listener(CompletableFuture<HttpPeer.Answer> answer) {
            this.answer = answer;
        }

        @Override
        public void onComplete(Result result) {
            if (result.getResponseFailure() != null) {
                answer.completeExceptionally(result.getFailure());
                return;
            }
            answer.complete(
                    new HttpPeer.Answer(
                            result.getResponse().getStatus(),
                            getContentAsString(),
                            result.getResponse()
                                    .getHeaders()
                                    .getLongField(HttpHeader.CONTENT_LENGTH)));
        }
    }
}
