package io.tardy.bench;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Frame;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A server whose requests take a while, and that tells at its end how many it has taken and how
 * many messages it has sent: the clients must have as many.
 */
@Command(
        name = "sigterm-server",
        hidden = true,
        description = "A server that counts, for sigterm.",
        mixinStandardHelpOptions = true)
final class SigtermServerCommand implements Callable<Integer> {

    @Mixin private TransportOption transport;

    @Option(names = "--runtimes", description = "How many runtimes (default: 1).")
    private int runtimes = 1;

    @Option(names = "--answer-bytes", description = "Length of an answer (default: 16384).")
    private int answerBytes = 16 * 1024;

    @Option(names = "--answer-ms", description = "How long a request takes (default: 20).")
    private int answerMs = 20;

    @Option(names = "--grace", description = "Seconds to the first deadline (default: 5).")
    private int graceSeconds = 5;

    @Option(names = "--hard", description = "Seconds to the second deadline (default: 6).")
    private int hardSeconds = 6;

    @Option(
            names = "--obstinate",
            description = "WebSockets at /obstinate have frames that cannot be cancelled.")
    private boolean obstinate;

    private final LongAdder requests = new LongAdder();
    private final LongAdder sent = new LongAdder();

    @Override
    public Integer call() throws Exception {
        TardyEventLoopGroup group =
                TardyEventLoopGroup.builder().threads(runtimes).async(transport.type()).build();
        WebSocketServer server =
                WebSocketServer.builder()
                        .group(group)
                        .httpHandler(this::answer)
                        .connectionFrame(this::serve)
                        .build();
        Runtime.getRuntime().addShutdownHook(new Thread(this::tell));
        InetSocketAddress bound =
                (InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0));
        server.exitOnTermination(Duration.ofSeconds(graceSeconds), Duration.ofSeconds(hardSeconds));
        System.out.printf(
                "listening on 127.0.0.1:%d (%s, %d runtimes)%n",
                bound.getPort(), group.backend().type().label(), runtimes);
        for (; ; ) {
            LockSupport.park(); // the signal ends the program
        }
    }

    private void tell() {
        System.out.println("requests " + requests.sum());
        System.out.println("sent " + sent.sum());
        System.out.println("done");
        System.out.flush();
    }

    private FullHttpResponse answer(FullHttpRequest request) throws IOException {
        requests.increment();
        Frame.delay(Duration.ofMillis(answerMs));
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.OK,
                Unpooled.wrappedBuffer(new byte[answerBytes]));
    }

    /** Says to everybody what he has said himself. */
    private void serve(WebSocketConnection ws) throws IOException {
        if (obstinate && ws.uri().equals("/obstinate")) {
            new Semaphore(0).acquireUninterruptibly();
        }
        String name = ws.uri().substring(ws.uri().indexOf('=') + 1);
        for (WebSocketMessage message; (message = ws.receive()) != null; ) {
            ws.sendText("said " + name + " " + message.text());
            sent.increment(); // it has not thrown: it must arrive
        }
    }
}
