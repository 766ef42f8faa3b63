package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.net.Socket;
import io.tardy.os.SocketHandle;
import io.tardy.transport.poll.PollTransport;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.StringJoiner;

/**
 * A program for a JVM of its own: wants its first sockets of poll when no descriptor is left, and
 * again when there are some. Prints what became of it.
 */
final class FirstSocketMain {

    private static final StringJoiner SAID = new StringJoiner(", ");

    private FirstSocketMain() {}

    public static void main(String[] args) throws Exception {
        Tardy.builder(); // the loader keeps each jar open that it has looked into
        Deque<FileInputStream> taken = takeAllButAFew();
        for (int round = 0; round < 2; round++) {
            open(SocketKind.TCP);
            open(SocketKind.UDP);
            open(SocketKind.UNIX);
        }
        build();
        for (FileInputStream one : taken) {
            one.close();
        }
        open(SocketKind.UNIX);
        build();
        System.out.println(SAID);
    }

    /** These are for the class loader, which opens files for classes; sockets need more. */
    static Deque<FileInputStream> takeAllButAFew() throws IOException {
        Deque<FileInputStream> taken = new ArrayDeque<>();
        try {
            for (; ; ) {
                taken.push(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            for (int i = 0; i < 6; i++) {
                taken.pop().close();
            }
            return taken;
        }
    }

    private static void open(SocketKind kind) {
        try {
            SocketHandle.of(new PollTransport().openSocket(kind)).close();
            SAID.add("opened");
        } catch (TardyIOException e) {
            SAID.add(Errno.of(e.errno()).name());
        }
    }

    private static void build() throws IOException {
        try (Tardy tardy =
                Tardy.builder().async(AsyncType.POLL).threading(Threading.single()).build()) {
            tardy.entry("", (rt, nothing) -> rt.spawn(FirstSocketMain::echo));
            SAID.add("served");
        } catch (TransportUnavailableException e) {
            SAID.add(e.getMessage().contains("raise ulimit -n") ? "refused" : e.getMessage());
        }
    }

    private static void echo() throws IOException {
        try (Socket listener = TransportFixture.listenAnywhere();
                Socket client = TransportFixture.connectTo(listener);
                Socket peer = listener.accept()) {
            client.sendAll(ByteBuffer.allocate(1));
            peer.recv().release();
        }
    }
}
