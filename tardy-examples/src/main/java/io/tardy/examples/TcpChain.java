package io.tardy.examples;

import io.netty.buffer.Unpooled;
import io.tardy.Tardy;
import io.tardy.net.Socket;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server for one connection: accepts, receives and sends as its script says, and closes. The
 * client is a JDK socket on a platform thread, with the script reversed.
 */
final class TcpChain implements Chain {

    private static final int BYTES_MAX = 50_000;

    private final Tardy tardy;
    private final AtomicLong operations;
    private final SplittableRandom ways;
    private final byte[][] messages;
    private final boolean firstIsOurs;
    private FutureTask<Void> client;

    TcpChain(SplittableRandom random, Tardy tardy, AtomicLong operations) {
        this.tardy = tardy;
        this.operations = operations;
        this.ways = random.split();
        this.firstIsOurs = random.nextBoolean();
        this.messages = new byte[random.nextInt(1, 10)][];
        for (int i = 0; i < messages.length; i++) {
            messages[i] = new byte[random.nextInt(1, BYTES_MAX)];
            random.nextBytes(messages[i]);
        }
    }

    @Override
    public void run() throws IOException {
        try (Socket listener = Socket.tcp(tardy, "127.0.0.1", 0).bind().listen(1)) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            client = new FutureTask<>(() -> converse(port), null);
            Thread.ofPlatform().daemon().name("e2e client").start(client);
            try (Socket peer = listener.accept()) {
                boolean isOurs = firstIsOurs;
                for (byte[] message : messages) {
                    if (isOurs) {
                        send(peer, message);
                    } else {
                        receive(peer, message);
                    }
                    isOurs = !isOurs;
                    operations.incrementAndGet();
                }
                peer.shutdownOutput();
                EndToEnd.requireEqual("end of the stream", -1, peer.recv(ByteBuffer.allocate(1)));
            }
            operations.addAndGet(3);
        }
    }

    private void send(Socket peer, byte[] message) throws IOException {
        switch (ways.nextInt(3)) {
            case 0 -> peer.sendAll(ByteBuffer.wrap(message));
            case 1 -> peer.sendAll(ByteBuffer.allocateDirect(message.length).put(message).flip());
            default -> peer.sendAll(Unpooled.wrappedBuffer(message));
        }
    }

    private void receive(Socket peer, byte[] expected) throws IOException {
        ByteBuffer all = ByteBuffer.allocateDirect(expected.length);
        while (all.hasRemaining()) {
            all.limit(Math.min(all.capacity(), all.position() + ways.nextInt(1, BYTES_MAX)));
            if (ways.nextBoolean()) {
                EndToEnd.requireEqual("more to come", 0, peer.recv(all) < 0 ? 1 : 0);
            } else {
                receiveOneByte(peer, all);
            }
            all.limit(all.capacity());
        }
        if (!all.flip().equals(ByteBuffer.wrap(expected))) {
            throw new IllegalStateException("received other bytes than were sent");
        }
    }

    private static void receiveOneByte(Socket peer, ByteBuffer all) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        EndToEnd.requireEqual("one byte", 1, peer.recv(one));
        all.put(one.flip());
    }

    private void converse(int port) {
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", port)) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            boolean isServers = firstIsOurs;
            for (byte[] message : messages) {
                if (isServers) {
                    byte[] received = new byte[message.length];
                    in.readFully(received);
                    if (!Arrays.equals(received, message)) {
                        throw new IllegalStateException("the client got other bytes");
                    }
                } else {
                    out.write(message);
                }
                isServers = !isServers;
            }
            EndToEnd.requireEqual("end of the stream", -1, in.read());
        } catch (IOException e) {
            throw new IllegalStateException("the client failed: " + e, e);
        }
    }

    @Override
    public void awaitPeer() throws Exception {
        client.get();
    }
}
