package io.tardy.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.tardy.TardyRuntime;
import io.tardy.net.Socket;
import io.tardy.net.Tls;
import io.tardy.net.TlsSocket;
import io.tardy.netty.FrameChannel;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** An echo server behind TLS, on one loop; both kinds have the same engines. */
@Command(
        name = "tls-rate-server",
        hidden = true,
        description = "An echo server behind TLS, for tls-rate.",
        mixinStandardHelpOptions = true)
final class TlsRateServerCommand implements Callable<Integer> {

    /** What is between the loop and the frame of a connection. */
    enum Kind {
        SOCKET,
        FRAME_CHANNEL
    }

    @Mixin private TransportOption transport;

    @Option(names = "--kind", required = true)
    private Kind kind;

    @Option(names = "--keys", required = true)
    private Path keys;

    @Override
    public Integer call() throws Exception {
        SslContext tls =
                new JdkSslContext(
                        TlsKeys.ofFolder(keys).context(),
                        false,
                        null,
                        IdentityCipherSuiteFilter.INSTANCE,
                        ApplicationProtocolConfig.DISABLED,
                        ClientAuth.NONE,
                        null,
                        false);
        TardyEventLoopGroup group = new TardyEventLoopGroup(1, transport.type());
        int port =
                switch (kind) {
                    case SOCKET -> onSockets(group, tls);
                    case FRAME_CHANNEL -> onChannels(group, tls);
                };
        System.out.printf(
                "listening on 127.0.0.1:%d (%s, 1 runtime)%n",
                port, group.backend().type().label());
        for (; ; ) {
            LockSupport.park(); // its parent kills it
        }
    }

    private static int onSockets(TardyEventLoopGroup group, SslContext context) throws Exception {
        TardyRuntime runtime = group.next().submit(TardyRuntime::current).get();
        Tls tls = Tls.ofNetty(context);
        return runtime.spawnCall(
                        () -> {
                            Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1024);
                            runtime.spawn(
                                    () -> listener.serve(tls.serving(TlsRateServerCommand::echo)));
                            return ((InetSocketAddress) listener.localAddress()).getPort();
                        })
                .join();
    }

    private static void echo(TlsSocket peer) throws IOException {
        for (ByteBuf data; (data = peer.recv()) != null; ) {
            peer.sendAll(data);
        }
    }

    private static int onChannels(TardyEventLoopGroup group, SslContext tls) throws Exception {
        Channel listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(group.serverSocketChannel())
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                                        FrameChannel.spawn(channel, TlsRateServerCommand::echo);
                                    }
                                })
                        .bind("127.0.0.1", 0)
                        .sync()
                        .channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private static void echo(FrameChannel channel) throws IOException {
        for (Object data; (data = channel.read()) != null; ) {
            channel.write(data);
        }
    }
}
