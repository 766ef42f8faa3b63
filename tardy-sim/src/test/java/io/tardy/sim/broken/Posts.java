package io.tardy.sim.broken;

import io.tardy.Frame;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;

/**
 * A WebSocket server posts a count and closes; the client has all of it before it hears of the
 * close, unless the connection breaks. What is posted after the close is refused.
 */
final class Posts implements SimBody {

    private static final int NORMAL = 1000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final BrokenConnections failures = new BrokenConnections();
    private Sim sim;
    private SimHost server;
    private int posted;

    @Override
    public void run(Sim sim) throws Exception {
        this.sim = sim;
        server = sim.host("server").options(b -> b.uncaughtFrame(failures));
        server.start(rt -> rt.spawn(this::listen)).await();
        sim.host("client").start(rt -> rt.spawn(this::receive)).await();
        sim.delay(CLOSE_TIMEOUT); // the server may have to wait for an answer to its close
        failures.requireNoOther();
    }

    private void listen() throws IOException {
        WebSocketServer.builder()
                .group(TardyEventLoopGroup.builder().threads(1).tardy(server.tardy()).build())
                .connectionFrame(this::post)
                .build()
                .bind(new InetSocketAddress(80));
    }

    private void post(WebSocketConnection ws) throws IOException {
        int count = sim.random(30);
        for (int i = 0; i < count && ws.isOpen(); i++) {
            if (ws.post(i + "x".repeat(sim.random(6_000)))) {
                posted++;
            }
            if (sim.random(4) == 0) {
                Frame.delay(Duration.ofMillis(sim.random(3)));
            }
        }
        ws.close(NORMAL, "");
        if (ws.post("late")) {
            throw new AssertionError("taken after the close");
        }
    }

    private void receive() throws IOException {
        URI uri = URI.create("ws://" + server.address().getHostAddress() + "/");
        try (WebSocketConnection ws = WebSocketClient.builder().build().connect(uri)) {
            int received = 0;
            for (WebSocketMessage message; (message = ws.receive()) != null; received++) {
                String text = ((WebSocketMessage.Text) message).text();
                if (!text.startsWith(String.valueOf(received))) {
                    throw new AssertionError(text + " after " + received);
                }
            }
            if (ws.closeCode() == NORMAL && received != posted) {
                throw new AssertionError("received " + received + " of " + posted);
            } else if (ws.closeCode() != NORMAL) {
                Talk.requireBreaks(sim, new IOException("closed with " + ws.closeCode()));
            }
        } catch (IOException e) {
            Talk.requireBreaks(sim, e);
        }
    }
}
