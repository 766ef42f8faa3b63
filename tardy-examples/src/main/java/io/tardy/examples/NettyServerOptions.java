package io.tardy.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a Netty server, and the code that starts it with them. */
final class NettyServerOptions {

    private static final int STOP_SECONDS = 5;

    @Mixin private RuntimeOptions runtimeOptions;

    @Option(names = "--host", description = "The address to listen at (default: 127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The port to listen at; 0 for any (default: 0).")
    private int port = 0;

    /** Listens, prints one line, and serves until SIGTERM or SIGINT. */
    void serve(ChannelHandler connection) throws Exception {
        requireLegalPort();
        TardyEventLoopGroup group = runtimeOptions.group();
        Thread hook = new Thread(() -> stop(group), "stop-on-signal");
        try {
            Channel server = bind(group, connection);
            Runtime.getRuntime().addShutdownHook(hook);
            announce(group, server.localAddress());
            server.closeFuture().sync();
        } finally {
            group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
        }
        LockSupport.park(); // only the signal closes the server: the hook ends the program
    }

    /**
     * {@link #serve(ChannelHandler)} for WebSocket; on the signal every peer gets a close frame.
     */
    void serve(WebSocketServer.Builder builder) throws IOException {
        requireLegalPort();
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw cannotListen("the name is not known", null);
        }
        TardyEventLoopGroup group = runtimeOptions.group();
        WebSocketServer server = builder.group(group).build();
        SocketAddress bound;
        try {
            bound = server.bind(address);
        } catch (IOException e) {
            throw cannotListen(e.getMessage(), e);
        }
        server.exitOnTermination(
                Duration.ofSeconds(STOP_SECONDS), Duration.ofSeconds(STOP_SECONDS + 1));
        announce(group, bound);
        for (; ; ) {
            LockSupport.park(); // the signal ends the program
        }
    }

    private void requireLegalPort() {
        if (port < 0 || port > 65535) {
            throw new IllegalStateException("--port " + port + " is not between 0 and 65535");
        }
    }

    private Channel bind(TardyEventLoopGroup group, ChannelHandler connection)
            throws InterruptedException {
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(connection)
                        .bind(host, port)
                        .await();
        if (!bound.isSuccess()) {
            throw cannotListen(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private IllegalStateException cannotListen(String why, Throwable cause) {
        return new IllegalStateException(
                "cannot listen at " + host + ":" + port + ": " + why, cause);
    }

    private static void announce(TardyEventLoopGroup group, SocketAddress bound) {
        group.backend().refused().forEach(r -> System.err.println("tardy: " + r));
        System.out.println(
                "listening on "
                        + new ListenAddress(
                                (InetSocketAddress) bound, group.backend(), group.executorCount()));
    }

    /** The JVM would end with the signal's status, but stopping on request is a success. */
    private static void stop(TardyEventLoopGroup group) {
        boolean ended =
                group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS)
                        .awaitUninterruptibly(STOP_SECONDS + 1, TimeUnit.SECONDS);
        System.out.flush();
        Runtime.getRuntime().halt(ended ? 0 : 1);
    }
}
