package io.tardy.examples.sim;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.Scope;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.SplittableRandom;

/** Talks to a server that sends everything back, and checks that it does. */
final class EchoClient {

    /** The least that a direction of a simulated connection holds: a client may wait for it. */
    private static final int TURN_BYTES_MAX = 500;

    private static final int STREAM_BYTES_MAX = 12_000;

    private final SplittableRandom random;
    private final Pattern pattern;

    EchoClient(SplittableRandom random) {
        this.random = random;
        this.pattern = new Pattern(random.nextInt());
    }

    /**
     * Talks over a connected socket in one of two ways, and closes it.
     *
     * @throws IOException if the connection breaks
     */
    void talk(Socket socket) throws IOException {
        try (socket) {
            if (random.nextBoolean()) {
                takeTurns(socket);
            } else {
                stream(socket);
            }
        }
    }

    /** A message, its answer, the next message. */
    private void takeTurns(Socket socket) throws IOException {
        long position = 0;
        for (int turns = random.nextInt(1, 5); turns > 0; turns--) {
            int count = random.nextInt(1, TURN_BYTES_MAX);
            socket.sendAll(pattern.bytes(position, count));
            ByteBuffer answer = ByteBuffer.allocate(count);
            int received = socket.recvAll(answer);
            Check.equal(count, received, "bytes of an answer");
            pattern.check(answer.flip(), position);
            position += count;
        }
        if (random.nextBoolean()) {
            socket.shutdownOutput();
            Check.equal(-1, socket.recv(ByteBuffer.allocate(1)), "bytes beyond the last answer");
        }
    }

    /** Sends and receives at the same time, and ends its direction first. */
    private void stream(Socket socket) throws IOException {
        int count = random.nextInt(1, STREAM_BYTES_MAX);
        try (Scope scope = Scope.open()) {
            scope.fork(() -> send(socket, count));
            scope.fork(() -> receive(socket, count));
            scope.join();
        } catch (FrameFailedException e) {
            if (e.getCause() instanceof IOException broken) {
                throw broken;
            }
            throw e;
        }
    }

    private void send(Socket socket, int count) throws IOException {
        for (int sent = 0; sent < count; ) {
            int part = Math.min(count - sent, random.nextInt(1, 4000));
            socket.sendAll(pattern.bytes(sent, part));
            sent += part;
            if (random.nextInt(4) == 0) {
                Frame.delay(Duration.ofMillis(random.nextInt(50)));
            }
        }
        socket.shutdownOutput();
    }

    private void receive(Socket socket, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(random.nextInt(1, 4000));
        int received = 0;
        for (int got; (got = socket.recv(buffer.clear())) >= 0; received += got) {
            pattern.check(buffer.flip(), received);
        }
        Check.equal(count, received, "bytes until the end of an echo");
    }
}
