package io.tardy.websocket;

import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The page of {@link HttpContract}, which nobody gets before the test releases it. */
final class HeldPage {

    private final CompletableFuture<Void> asked = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    FullHttpResponse answer(FullHttpRequest request) throws Exception {
        asked.complete(null);
        released.join();
        return HttpContract.page(request);
    }

    void awaitRequest() throws Exception {
        asked.get(ServerFixture.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    void release() {
        released.complete(null);
    }
}
