package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.FileMode;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Every operation that fills or empties a buffer, with every kind of buffer: it moves what lies
 * between position and limit, and touches nothing else.
 */
final class BufferEdges {

    private static final int LARGE_BYTES = 300_000;
    private static final int SMALL_BYTES = 8;
    private static final int MARGIN_BYTES = 5;
    private static final byte MARGIN = 7;

    private BufferEdges() {}

    /** Makes a buffer of so many bytes around its room. */
    private interface Making {
        ByteBuffer make(int bytes);
    }

    /**
     * Something to read from and to write to, and the buffer to do it with.
     *
     * @param whole what the buffer is a view of
     */
    record Subject(EdgeScene scene, ByteBuffer whole, ByteBuffer buffer, TardyRuntime rt) {}

    static EdgeTable<Subject> buffers() {
        return new EdgeTable<Subject>("Buffers")
                .state("direct", scene -> plain(scene, ByteBuffer::allocateDirect, SMALL_BYTES))
                .state("heap", scene -> plain(scene, ByteBuffer::allocate, SMALL_BYTES))
                .state("direct slice", scene -> sliced(scene, ByteBuffer::allocateDirect))
                .state("heap slice", scene -> sliced(scene, ByteBuffer::allocate))
                .state(
                        "large direct",
                        scene -> plain(scene, ByteBuffer::allocateDirect, LARGE_BYTES))
                .state("large heap", scene -> plain(scene, ByteBuffer::allocate, LARGE_BYTES))
                .state("no room, direct", scene -> plain(scene, ByteBuffer::allocateDirect, 0))
                .state("no room, heap", scene -> plain(scene, ByteBuffer::allocate, 0))
                .state("of a confined arena", scene -> ofArena(scene, Arena.ofConfined()))
                .state("of a shared arena", scene -> ofArena(scene, Arena.ofShared()))
                .state("of an automatic arena", scene -> of(scene, Arena.ofAuto()))
                .state("of the global arena", scene -> of(scene, Arena.global()))
                .state("read-only direct", scene -> readOnly(scene, ByteBuffer::allocateDirect))
                .state("read-only heap", scene -> readOnly(scene, ByteBuffer::allocate))
                .call("File.read(b)", "", s -> filled(s, file(s)::read))
                .call("File.read(b, 0)", "", s -> filled(s, b -> file(s).read(b, 0)))
                .call("File.readAll(b)", "", s -> filled(s, file(s)::readAll))
                .call("File.write(b)", "", s -> emptied(s, target(s)::write))
                .call("File.write(b, 0)", "", s -> emptied(s, b -> target(s).write(b, 0)))
                .call("File.writeAll(b)", "", s -> emptied(s, all(target(s)::writeAll)))
                .call("TCP recvAll(b)", "", s -> filled(s, b -> sentTo(s, tcp(s)).recvAll(b)))
                .call("Unix recvAll(b)", "", s -> filled(s, b -> sentTo(s, unix(s)).recvAll(b)))
                .call("TCP sendAll(b)", "", s -> emptied(s, all(b -> sink(s, tcp(s)).sendAll(b))))
                .call("Unix sendAll(b)", "", s -> emptied(s, all(b -> sink(s, unix(s)).sendAll(b))))
                .call("UDP recvFrom(b)", "", s -> filled(s, b -> udp(s).recvFrom(b).length()))
                .call("UDP recv(b)", "", s -> filled(s, b -> udp(s).recv(b)))
                .call("UDP send(b)", "", s -> emptied(s, b -> udpSink(s).send(b)));
    }

    private static Subject plain(EdgeScene scene, Making making, int bytes) {
        ByteBuffer whole = margins(making.make(bytes + 2 * MARGIN_BYTES));
        ByteBuffer buffer = whole.duplicate();
        buffer.position(MARGIN_BYTES).limit(MARGIN_BYTES + bytes);
        return new Subject(scene, whole, buffer, TardyRuntime.current());
    }

    /** A view that begins behind the margin, with room of its own before its position. */
    private static Subject sliced(EdgeScene scene, Making making) {
        Subject plain = plain(scene, making, SMALL_BYTES);
        ByteBuffer slice = plain.whole().slice(2, SMALL_BYTES + MARGIN_BYTES);
        slice.position(MARGIN_BYTES - 2).limit(MARGIN_BYTES - 2 + SMALL_BYTES);
        return new Subject(scene, plain.whole(), slice, plain.rt());
    }

    /** Of one that the scene closes in the end. */
    private static Subject ofArena(EdgeScene scene, Arena arena) {
        return of(scene, scene.keep(arena));
    }

    private static Subject of(EdgeScene scene, Arena arena) {
        return plain(scene, bytes -> arena.allocate(bytes).asByteBuffer(), SMALL_BYTES);
    }

    private static Subject readOnly(EdgeScene scene, Making making) {
        Subject plain = plain(scene, making, SMALL_BYTES);
        ByteBuffer view = plain.buffer().asReadOnlyBuffer();
        return new Subject(scene, plain.whole(), view, plain.rt());
    }

    private static ByteBuffer margins(ByteBuffer whole) {
        for (int i = 0; i < whole.capacity(); i++) {
            whole.put(i, MARGIN);
        }
        return whole;
    }

    private interface Moving {
        int move(ByteBuffer buffer) throws Exception;
    }

    private interface MovingAll {
        void move(ByteBuffer buffer) throws Exception;
    }

    private static Moving all(MovingAll moving) {
        return buffer -> {
            int bytes = buffer.remaining();
            moving.move(buffer);
            return bytes;
        };
    }

    /** Fills the buffer from a source of bytes that count up from 1. */
    private static String filled(Subject subject, Moving moving) throws Exception {
        int from = subject.buffer().position();
        int room = subject.buffer().remaining();
        int count;
        try {
            count = moving.move(subject.buffer());
        } finally {
            int got = subject.buffer().position() - from;
            int at = indexInWhole(subject, from);
            for (int i = 0; i < subject.whole().capacity(); i++) {
                boolean isGot = i >= at && i < at + got;
                byte expected = isGot ? (byte) (i - at + 1) : MARGIN;
                assertThat(subject.whole().get(i))
                        .as("byte %d of %d", i - at, room)
                        .isEqualTo(expected);
            }
        }
        int moved = subject.buffer().position() - from;
        return count == moved ? Integer.toString(count) : count + ", moved " + moved;
    }

    /** Empties the buffer; what it holds is whatever it holds. */
    private static String emptied(Subject subject, Moving moving) throws Exception {
        int from = subject.buffer().position();
        int count = moving.move(subject.buffer());
        int moved = subject.buffer().position() - from;
        return count == moved ? Integer.toString(count) : count + ", moved " + moved;
    }

    private static int indexInWhole(Subject subject, int position) {
        return subject.buffer().capacity() == subject.whole().capacity()
                ? position
                : position + 2; // a slice
    }

    private static byte[] countingUp(int bytes) {
        byte[] content = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            content[i] = (byte) (i + 1);
        }
        return content;
    }

    private static File file(Subject subject) throws Exception {
        Path path = subject.scene().folder().resolve("source");
        Files.write(path, countingUp(Math.max(subject.buffer().remaining(), 1)));
        return subject.scene().keep(File.open(path));
    }

    private static File target(Subject subject) throws Exception {
        Path path = Files.createFile(subject.scene().folder().resolve("target"));
        return subject.scene().keep(File.open(path, FileMode.WRITE));
    }

    private static Socket tcp(Subject subject) throws Exception {
        return Socket.tcp("127.0.0.1", 0);
    }

    private static Socket unix(Subject subject) throws Exception {
        return Socket.unix(subject.scene().folder().resolve("s"));
    }

    /** A connection that brings as much as there is room for. */
    private static Socket sentTo(Subject subject, Socket listener) throws Exception {
        Socket[] peers = peers(subject, listener);
        ByteBuffer content = ByteBuffer.wrap(countingUp(subject.buffer().remaining()));
        subject.rt().spawn(() -> peers[1].sendAll(content));
        return peers[0];
    }

    private static Socket sink(Subject subject, Socket listener) throws Exception {
        Socket[] peers = peers(subject, listener);
        ByteBuffer into = ByteBuffer.allocateDirect(subject.buffer().remaining());
        Frame<Integer> reader = subject.rt().spawnCall(() -> peers[1].recvAll(into));
        subject.scene().keep(reader::join);
        subject.scene().keep(peers[0]); // closed first: what was refused, the reader waits for
        return peers[0];
    }

    private static Socket[] peers(Subject subject, Socket listener) throws Exception {
        subject.scene().keep(listener).bind().listen(1);
        Socket client =
                listener.localAddress() instanceof java.net.UnixDomainSocketAddress unix
                        ? Socket.unix(unix.getPath())
                        : Socket.tcp("127.0.0.1", TransportFixture.port(listener));
        subject.scene().keep(client).connect();
        return new Socket[] {client, subject.scene().keep(listener.accept())};
    }

    private static Socket udp(Subject subject) throws Exception {
        Socket receiver = subject.scene().keep(Socket.udp("127.0.0.1", 0)).bind();
        Socket sender = subject.scene().keep(Socket.udp("127.0.0.1", 0));
        int bytes = Math.clamp(subject.buffer().remaining(), 1, 60_000);
        sender.sendTo(ByteBuffer.wrap(countingUp(bytes)), receiver.localAddress());
        return receiver;
    }

    private static Socket udpSink(Subject subject) throws Exception {
        Socket receiver = subject.scene().keep(Socket.udp("127.0.0.1", 0)).bind();
        int port = TransportFixture.port(receiver);
        return subject.scene().keep(Socket.udp("127.0.0.1", port)).connect();
    }
}
