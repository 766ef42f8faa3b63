package io.tardy.testsuite;

import static io.tardy.testsuite.DrainContract.LONG;
import static io.tardy.testsuite.FrameChannelFixture.pipeline;
import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.clientHere;
import static io.tardy.testsuite.GroupFixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.tardy.DrainEvent;
import io.tardy.Frame;
import io.tardy.netty.FrameChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** How a server of HTTP/2 ends in order: RFC 9113, section 6.8. */
interface Http2DrainContract extends FrameChannelFixture {

    @Test
    default void peersAreToldToGoAwayAndOpenStreamsGetTheirAnswer() throws Exception {
        Queue<Object> asked = new ConcurrentLinkedQueue<>();
        Queue<Object> goAways = new ConcurrentLinkedQueue<>();
        withGroup(
                1,
                group -> {
                    ChannelHandler answering =
                            pipeline(stream -> {}, stream -> answer(stream, asked, goAways));
                    Channel server = bindAnywhere(server(group, new Server(answering)));
                    inFrame(
                            rt -> {
                                Channel connection =
                                        rt.await(
                                                clientHere(
                                                                rt,
                                                                rt.channelTypes().socket(),
                                                                new Client(goAways))
                                                        .connect(server.localAddress()));
                                Http2StreamChannel opened =
                                        rt.await(
                                                new Http2StreamChannelBootstrap(connection).open());
                                try (FrameChannel stream = FrameChannel.attach(opened)) {
                                    stream.write(request());
                                    stream.flush();
                                    await(asked);
                                    group.drain(LONG);
                                    Http2HeadersFrame head = stream.read(Http2HeadersFrame.class);
                                    assertThat(head.headers().status().toString()).isEqualTo("200");
                                }
                                assertThat(goAways).hasSize(1);
                                rt.await(connection.closeFuture());
                                awaitEnd(group);
                            });
                });
    }

    private static Http2HeadersFrame request() {
        return new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers()
                        .method("GET")
                        .scheme("http")
                        .authority("localhost")
                        .path("/"),
                true);
    }

    private static void answer(FrameChannel stream, Queue<Object> asked, Queue<Object> goAways)
            throws IOException {
        asked.add(stream.read(Http2HeadersFrame.class));
        await(goAways);
        stream.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), true));
    }

    private static void await(Queue<Object> what) throws IOException {
        while (what.isEmpty()) {
            Frame.delay(Duration.ofMillis(1));
        }
    }

    /** As in the guide: Netty's handler tells the peer, and waits for the streams. */
    final class Server extends ChannelInitializer<Channel> {

        private final ChannelHandler streams;

        Server(ChannelHandler streams) {
            this.streams = streams;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forServer()
                                    .gracefulShutdownTimeoutMillis(LONG.toMillis())
                                    .build(),
                            new Http2MultiplexHandler(streams),
                            new ClosingInDrain());
        }
    }

    /** Closes its connection when a drain begins. */
    final class ClosingInDrain extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof DrainEvent) {
                ctx.close();
            }
            ctx.fireUserEventTriggered(event);
        }
    }

    /** Keeps what its connection is told. */
    final class Client extends ChannelInitializer<Channel> {

        private final Queue<Object> goAways;

        Client(Queue<Object> goAways) {
            this.goAways = goAways;
        }

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline()
                    .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext ctx, Object frame) {
                                    if (frame instanceof Http2GoAwayFrame) {
                                        goAways.add(frame.getClass());
                                    }
                                    ReferenceCountUtil.release(frame);
                                }
                            });
        }
    }
}
