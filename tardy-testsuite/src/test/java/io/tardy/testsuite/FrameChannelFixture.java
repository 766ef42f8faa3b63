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
import io.tardy.net.Socket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.FrameChannelBody;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
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

    /** In a frame beside a server. */
    @FunctionalInterface
    interface BesideServer {
        void run(TardyRuntime rt, TardyEventLoopGroup group, Channel server) throws Exception;
    }

    /** {@link #withServer} whose test is a frame of the group's first loop. */
    default void besideServer(
            int threads, Consumer<Channel> handlers, FrameChannelBody body, BesideServer test)
            throws Exception {
        withServer(
                threads,
                handlers,
                body,
                (group, server) -> inGroupFrame(group, rt -> test.run(rt, group, server)));
    }

    /** With a plain socket that has connected to a server. */
    @FunctionalInterface
    interface PeerBody {
        void run(TardyRuntime rt, Socket peer) throws Exception;
    }

    /** {@link #withServer} whose test is a frame of another runtime, with a connection. */
    default void withPeer(Consumer<Channel> handlers, FrameChannelBody body, PeerBody test)
            throws Exception {
        withServer(
                1,
                handlers,
                body,
                (group, server) ->
                        inFrame(
                                rt -> {
                                    try (Socket peer = Socket.tcp("127.0.0.1", port(server))) {
                                        peer.connect();
                                        test.run(rt, peer);
                                    }
                                }));
    }

    static int port(Channel server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
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

    /** Reads bytes to the end; how many there were. */
    static long drain(FrameChannel channel) throws IOException {
        long total = 0;
        for (ByteBuf part; (part = channel.read(ByteBuf.class)) != null; ) {
            total += part.readableBytes();
            part.release();
        }
        return total;
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
