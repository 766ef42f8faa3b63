package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * A program for a JVM of its own: prints what an idle connection of an echo holds on the heap, on
 * the server's side: bytes of its frame's stack, bytes of all else, and objects.
 */
final class IdleMain {

    private static final int CONNECTIONS = 1000;
    private static final String STACK = "jdk.internal.vm.StackChunk";

    /** Room that a collector has left between objects. */
    private static final String FILLER = "jdk.internal.vm.Filler";

    private static final Pattern CLASS = Pattern.compile(" *\\d+: +(\\d+) +(\\d+) +(\\S+).*");

    private IdleMain() {}

    /** What the heap holds after a collection. */
    private record Heap(long stackBytes, long otherBytes, long objects) {}

    public static void main(String[] args) throws Exception {
        AsyncType type = AsyncType.ofLabel(args[0]);
        CompletableFuture<TardyRuntime> started = new CompletableFuture<>();
        try (Tardy tardy = Tardy.builder().async(type).threading(Threading.single()).build();
                Socket warmUp = listen(tardy);
                Socket measured = listen(tardy)) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            warmUp,
                            (rt, listener) -> {
                                serve(rt, listener);
                                started.complete(rt);
                            });
            List<SocketChannel> first = connectTo(warmUp); // for classes, and what grows once
            awaitEchoes(first);
            closeAll(first);
            awaitEnds(started.get());
            // The system holds connections that nobody has accepted: only clients hold objects yet.
            List<SocketChannel> clients = connectTo(measured);
            Heap before = heap();
            serve(started.get(), measured);
            awaitEchoes(clients);
            Heap after = heap();
            print("stack", after.stackBytes() - before.stackBytes());
            print("bytes", after.otherBytes() - before.otherBytes());
            print("objects", after.objects() - before.objects());
            closeAll(clients);
            entry.stop();
            entry.await();
        }
    }

    private static void print(String what, long ofAll) {
        System.out.println(what + " " + ofAll / CONNECTIONS);
    }

    private static Socket listen(Tardy tardy) throws IOException {
        return Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(CONNECTIONS);
    }

    private static void serve(TardyRuntime rt, Socket listener) {
        rt.spawn("accept", () -> listener.serve(IdleMain::echo));
    }

    private static void echo(Socket peer) throws IOException {
        for (ByteBuffer data; (data = peer.recvNext()) != null; ) {
            peer.sendAll(data);
        }
    }

    /** So many, each of which has sent a message. */
    private static List<SocketChannel> connectTo(Socket listener) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.localAddress();
        List<SocketChannel> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            SocketChannel client = SocketChannel.open(address);
            client.write(ByteBuffer.wrap(new byte[] {1}));
            clients.add(client);
        }
        return clients;
    }

    private static void awaitEchoes(List<SocketChannel> clients) throws IOException {
        ByteBuffer echo = ByteBuffer.allocateDirect(1);
        for (SocketChannel client : clients) {
            if (client.read(echo.clear()) < 0) {
                throw new EOFException("the server has ended a connection");
            }
        }
    }

    /** Until no frame is left but the one that accepts. */
    private static void awaitEnds(TardyRuntime rt) throws IOException {
        rt.spawn(
                        () -> {
                            while (rt.tasks() > 2) { // and this one
                                Frame.delay(Duration.ofMillis(1));
                            }
                        })
                .join();
    }

    private static void closeAll(List<SocketChannel> clients) throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    private static Heap heap() throws JMException {
        long stackBytes = 0;
        long otherBytes = 0;
        long objects = 0;
        for (String line : histogram().lines().toList()) {
            Matcher matcher = CLASS.matcher(line);
            if (matcher.matches() && !matcher.group(3).contains(FILLER)) {
                long bytes = Long.parseLong(matcher.group(2));
                objects += Long.parseLong(matcher.group(1));
                if (matcher.group(3).equals(STACK)) {
                    stackBytes += bytes;
                } else {
                    otherBytes += bytes;
                }
            }
        }
        return new Heap(stackBytes, otherBytes, objects);
    }

    /** After a collection, for the second time: the first makes garbage of what it clears. */
    private static String histogram() throws JMException {
        System.gc();
        return (String)
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "gcClassHistogram",
                                new Object[] {new String[0]},
                                new String[] {String[].class.getName()});
    }
}
