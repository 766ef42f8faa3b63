package io.tardy.testsuite;

import static io.tardy.testsuite.GroupFixture.bindAnywhere;
import static io.tardy.testsuite.GroupFixture.clientHere;
import static io.tardy.testsuite.GroupFixture.inGroupFrame;
import static io.tardy.testsuite.GroupFixture.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;
import io.tardy.TardyRuntime;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Pipelines with frames at their ends, for the contracts that need them. */
interface FrameChannelFixture extends GroupFixture {

    /** These handlers with a frame at their end, or, without a body, nothing. */
    static ChannelInitializer<Channel> pipeline(Consumer<Channel> handlers, FrameChannelBody body) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                handlers.accept(channel);
                if (body != null) {
                    FrameChannel.spawn(channel, body);
                }
            }
        };
    }

    static Channel serve(
            TardyEventLoopGroup group, Consumer<Channel> handlers, FrameChannelBody body) {
        return bindAnywhere(server(group, pipeline(handlers, body)));
    }

    static FrameChannel connect(
            TardyRuntime rt, TardyEventLoopGroup group, Channel server, Consumer<Channel> handlers)
            throws IOException {
        Bootstrap bootstrap = clientHere(rt, group.socketChannel(), pipeline(handlers, null));
        return FrameChannel.connect(bootstrap, server.localAddress());
    }

    /** With a server in a group: a frame is at the end of each of its connections. */
    @FunctionalInterface
    interface ServerBody {
        void run(TardyEventLoopGroup group, Channel server) throws Exception;
    }

    /** Runs with a server, as {@link #withGroup} does with a group alone. */
    default void withServer(
            int threads, Consumer<Channel> handlers, FrameChannelBody body, ServerBody test)
            throws Exception {
        withGroup(threads, group -> test.run(group, serve(group, handlers, body)));
    }

    /** At one end of a connection. */
    @FunctionalInterface
    interface ClientBody {
        void run(TardyRuntime rt, FrameChannel client) throws Exception;
    }

    /** Runs in a frame of the group's first loop, which connects and, whatever happens, closes. */
    static void inClientFrame(
            TardyEventLoopGroup group, Channel server, Consumer<Channel> handlers, ClientBody body)
            throws Exception {
        inGroupFrame(
                group,
                rt -> {
                    try (FrameChannel client = connect(rt, group, server, handlers)) {
                        body.run(rt, client);
                    }
                });
    }

    /** Runs in a frame with a connection whose ends have the same handlers. */
    default void withClient(
            int threads, Consumer<Channel> handlers, FrameChannelBody body, ClientBody test)
            throws Exception {
        withServer(
                threads,
                handlers,
                body,
                (group, server) -> inClientFrame(group, server, handlers, test));
    }

    /** Lines of text, both ways. */
    static void lines(Channel channel) {
        channel.pipeline()
                .addLast(new LineBasedFrameDecoder(1024), new StringDecoder())
                .addLast(new StringEncoder());
    }

    /** Bytes as they come. */
    static void bytes(Channel channel) {}

    static void echo(FrameChannel channel) throws IOException {
        for (Object message; (message = channel.read()) != null; ) {
            channel.write(message);
        }
    }

    static void echoLines(FrameChannel channel) throws IOException {
        for (String line; (line = channel.read(String.class)) != null; ) {
            channel.write(line + "\n");
        }
    }

    static ByteBuf utf8(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }

    static String takeText(ByteBuf bytes) {
        try {
            return bytes.toString(StandardCharsets.UTF_8);
        } finally {
            bytes.release();
        }
    }

    static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
