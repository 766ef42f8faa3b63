package io.tardy.libraries;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** An HTTP server of the JDK's, for clients: it answers {@code hello} to all. */
final class HelloServer implements AutoCloseable {

    private final HttpServer server;

    private HelloServer(HttpServer server) {
        this.server = server;
    }

    static HelloServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
        server.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(200, hello.length);
                    exchange.getResponseBody().write(hello);
                    exchange.close();
                });
        server.start();
        return new HelloServer(server);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
