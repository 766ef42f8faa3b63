package io.tardy.peers;

import io.tardy.aio.AsyncType;
import java.net.URI;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp. */
class OkHttpTest implements HttpClientContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }

    @Override
    public HttpPeer peer() {
        OkHttpClient client = new OkHttpClient.Builder().retryOnConnectionFailure(false).build();
        return new HttpPeer() {
            @Override
            public Answer ask(String method, URI uri, String content, boolean expectsContinue)
                    throws Exception {
                Request.Builder request =
                        new Request.Builder()
                                .url(uri.toString())
                                .method(method, content == null ? null : body(content));
                if (expectsContinue) {
                    request.header("Expect", "100-continue");
                }
                try (Response response = client.newCall(request.build()).execute()) {
                    return new Answer(
                            response.code(),
                            response.body().string(),
                            Long.parseLong(response.header("Content-Length", "-1")));
                }
            }

            @Override
            public void close() {
                client.dispatcher().executorService().shutdown();
                client.connectionPool().evictAll();
            }
        };
    }

    private static RequestBody body(String content) {
        return RequestBody.create(content, null);
    }
}
