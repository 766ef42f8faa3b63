package io.tardy.examples;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a Netty server, and the code that starts it with them. */
final class NettyServerOptions {

    @Mixin private RuntimeOptions runtimeOptions;

    @Mixin private FrontOptions front;

    @Option(names = "--host", description = "The address to listen at (default: 127.0.0.1).")
    private String host = "127.0.0.1";

    @Option(names = "--port", description = "The port to listen at; 0 for any (default: 0).")
    private int port = 0;

    @Mixin private Restart restart;

    /** Listens, prints one line, and serves until SIGTERM or SIGINT. */
    void serve(ChannelHandler connection) throws Exception {
        serve(new HealthOptions(), connection);
    }

    /** {@link #serve(ChannelHandler)} of one that load balancers ask about its health. */
    void serve(HealthOptions health, ChannelHandler connection) throws Exception {
        serve(
                health,
                group -> {
                    Channel listener = bind(group, connection);
                    return new Bound(
                            listener.localAddress(), () -> listener.close().syncUninterruptibly());
                });
    }

    /** {@link #serve(HealthOptions, ChannelHandler)} for WebSocket. */
    void serve(HealthOptions health, WebSocketServer.Builder builder) throws Exception {
        serveOn(health, group -> builder);
    }

    /** A server that needs its group before it listens. */
    interface OnGroup {
        WebSocketServer.Builder server(TardyEventLoopGroup group) throws Exception;
    }

    /** {@link #serve(HealthOptions, WebSocketServer.Builder)} of what the group is given to. */
    void serveOn(HealthOptions health, OnGroup server) throws Exception {
        serve(
                health,
                group -> {
                    WebSocketServer.Builder builder = server.server(group);
                    front.addTo(builder);
                    WebSocketServer built = builder.group(group).build();
                    return new Bound(bind(built), built::unbind);
                });
    }

    /**
     * A server that listens.
     *
     * @param unbind has it accept no more
     */
    private record Bound(SocketAddress address, AutoCloseable unbind) {}

    /** Opens the listener of a server. */
    private interface Listening {
        Bound bind(TardyEventLoopGroup group) throws Exception;
    }

    private void serve(HealthOptions health, Listening listening) throws Exception {
        requireLegalPort();
        ServerOptions.beSeen();
        front.check();
        health.health(); // what is wrong is said now
        TardyEventLoopGroup group = runtimeOptions.group(ServerOptions.STOP_TIMEOUT);
        Bound bound;
        try {
            bound = listening.bind(group);
        } catch (Exception e) {
            group.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
        Thread hook = new Thread(() -> drain(group, health), "drain-on-signal");
        Runtime.getRuntime().addShutdownHook(hook);
        announce(group, bound.address());
        try {
            restart.serves(bound.unbind());
        } catch (IOException e) {
            ServerOptions.forget(hook); // its end is that of a server that has served
            bound.unbind().close();
            group.drain(ServerOptions.DRAIN);
            throw e;
        }
        for (; ; ) {
            LockSupport.park(); // the hook ends the program
        }
    }

    private SocketAddress bind(WebSocketServer server) throws IOException {
        if (restart.isAsked()) {
            return restart.open(host, port, server::bind);
        }
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw cannotListen("the name is not known", null);
        }
        try {
            return server.bind(address);
        } catch (IOException e) {
            throw cannotListen(e.getMessage(), e);
        }
    }

    private void requireLegalPort() {
        if (port < 0 || port > 65535) {
            throw new IllegalStateException("--port " + port + " is not between 0 and 65535");
        }
    }

    private Channel bind(TardyEventLoopGroup group, ChannelHandler connection)
            throws InterruptedException, IOException {
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(behindFront(connection));
        if (restart.isAsked()) {
            ServerChannel listener = restart.open(host, port, open -> open.channel(group));
            return bootstrap.channelFactory(() -> listener).register().sync().channel();
        }
        ChannelFuture bound =
                bootstrap
                        .channel(group.serverSocketChannel())
                        .option(ChannelOption.SO_BACKLOG, 4096)
                        .bind(host, port)
                        .await();
        if (!bound.isSuccess()) {
            throw cannotListen(bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    private ChannelHandler behindFront(ChannelHandler connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                front.addTo(channel);
                channel.pipeline().addLast(connection);
            }
        };
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

    /** The JVM would end with the signal's status, but ending on request is a success. */
    private static void drain(TardyEventLoopGroup group, HealthOptions health) {
        health.announceEnd();
        boolean allEnded = group.drain(ServerOptions.DRAIN);
        System.out.flush();
        Runtime.getRuntime().halt(allEnded ? 0 : 1);
    }
}
