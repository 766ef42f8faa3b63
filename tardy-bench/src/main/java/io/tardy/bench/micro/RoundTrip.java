package io.tardy.bench.micro;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Promise;
import io.tardy.Frame;
import io.tardy.net.Socket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * One sends a message over TCP and receives it back from the other: two sends and two receives.
 * Both are on one thread where that can be said.
 */
public class RoundTrip extends InBatches {

    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Param("64")
    public int bytes;

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void frames(Runtimes runtimes) throws Exception {
        runtimes.run(
                () -> {
                    try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(1)) {
                        Frame<?> echo = runtimes.first().spawn(() -> echo(listener.accept()));
                        int port = ((InetSocketAddress) listener.localAddress()).getPort();
                        try (Socket socket = Socket.tcp("127.0.0.1", port).connect()) {
                            ask(socket);
                        }
                        echo.join();
                    }
                });
    }

    private void ask(Socket socket) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < COUNT; i++) {
            socket.sendAll(message.clear());
            require(bytes, socket.recvAll(message.clear()));
        }
    }

    private void echo(Socket socket) throws Exception {
        try (socket) {
            ByteBuffer message = ByteBuffer.allocateDirect(bytes);
            while (socket.recv(message.clear()) >= 0) {
                socket.sendAll(message.flip());
            }
        }
    }

    /** Over the JDK's channels, which block. */
    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void virtualThreads() throws Exception {
        VirtualThreads.run(
                () -> {
                    try (ServerSocketChannel listener = ServerSocketChannel.open().bind(ANY)) {
                        FutureTask<?> echo =
                                VirtualThreads.start(() -> echo(withoutDelay(listener.accept())));
                        try (SocketChannel channel =
                                withoutDelay(SocketChannel.open(listener.getLocalAddress()))) {
                            ask(channel);
                        }
                        echo.get();
                    }
                });
    }

    private static SocketChannel withoutDelay(SocketChannel channel) throws Exception {
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private void ask(SocketChannel channel) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(bytes);
        for (int i = 0; i < COUNT; i++) {
            sendAll(channel, message.clear());
            message.clear();
            while (message.hasRemaining() && channel.read(message) >= 0) {}
            require(bytes, message.position());
        }
    }

    private void echo(SocketChannel channel) throws Exception {
        try (channel) {
            ByteBuffer message = ByteBuffer.allocateDirect(bytes);
            while (channel.read(message.clear()) >= 0) {
                sendAll(channel, message.flip());
            }
        }
    }

    private static void sendAll(SocketChannel channel, ByteBuffer from) throws Exception {
        while (from.hasRemaining()) {
            channel.write(from);
        }
    }

    @Benchmark
    @OperationsPerInvocation(COUNT)
    public void nettyHandlers(Loops loops) throws Exception {
        Promise<Void> end = loops.first().newPromise();
        Channel listener =
                new ServerBootstrap()
                        .group(loops.first())
                        .channel(loops.channelTypes().serverSocket())
                        .childHandler(new EchoHandler())
                        .bind(ANY)
                        .sync()
                        .channel();
        Channel socket =
                new Bootstrap()
                        .group(loops.first())
                        .channel(loops.channelTypes().socket())
                        .handler(new AskingHandler(bytes, COUNT, end))
                        .connect(listener.localAddress())
                        .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE)
                        .sync()
                        .channel();
        end.sync();
        socket.close().sync();
        listener.close().sync();
    }
}
