package io.tardy.websocket;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.tardy.Frame;
import io.tardy.netty.TardyEventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A server in its own process; prints its port. */
final class TerminationMain {

    private TerminationMain() {}

    public static void main(String[] arguments) throws Exception {
        WebSocketServer server =
                WebSocketServer.builder()
                        .group(new TardyEventLoopGroup(1))
                        .connectionFrame(ServerFixture::echo)
                        .httpHandler(
                                request -> {
                                    System.out.println("request");
                                    Frame.delay(Duration.ofSeconds(1));
                                    return new DefaultFullHttpResponse(
                                            HttpVersion.HTTP_1_1,
                                            HttpResponseStatus.OK,
                                            Unpooled.EMPTY_BUFFER);
                                })
                        .build();
        server.exitOnTermination(Duration.ofSeconds(10), Duration.ofSeconds(15));
        InetSocketAddress bound =
                (InetSocketAddress) server.bind(new InetSocketAddress("127.0.0.1", 0));
        System.out.println(bound.getPort());
    }
}
