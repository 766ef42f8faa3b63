package io.tardy.transport.iouring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.CancelledException;
import io.tardy.net.Socket;
import io.tardy.spi.DelegatingIoRegistration;
import io.tardy.spi.Transport;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** How many bytes a receive asks for where the frame has no buffer yet. */
class RecvLengthTest {

    private static final int RECV = 27;

    @Test
    void asManyAsTheLastMessageHadSoThatTheNextComesByOneCall() throws Exception {
        assumeThat(new IoUringTransport().unavailableBecause()).isEmpty();
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        Transport watched =
                new WatchedTransport((kernel, completing) -> new Watching(kernel, asked));
        List<Integer> lengths = new ArrayList<>();
        try (Tardy tardy = Tardy.builder().async(watched).threading(Threading.single()).build()) {
            tardy.run(() -> converse(asked, lengths));
        }
        // The first, and one after each message.
        assertThat(lengths).containsExactly(256, 256, 1024, 1024, 256);
    }

    private static void converse(Queue<Integer> asked, List<Integer> lengths) throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(8)) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            Frame<Socket> accepting = rt.spawnCall(listener::accept);
            try (Socket client = Socket.tcp("127.0.0.1", port).connect();
                    Socket server = accepting.join()) {
                for (int bytes : new int[] {100, 512, 1000, 64}) {
                    Frame<Integer> echoed = rt.spawnCall(() -> recv(server, bytes));
                    awaitReceive(asked, lengths);
                    client.sendAll(ByteBuffer.allocate(bytes));
                    assertThat(echoed.join()).isEqualTo(bytes);
                }
                Frame<Integer> last = rt.spawnCall(() -> recv(server, 1));
                awaitReceive(asked, lengths);
                last.cancel();
                assertThatThrownBy(last::join).hasCauseInstanceOf(CancelledException.class);
            }
        }
    }

    private static int recv(Socket server, int bytes) throws Exception {
        int received = 0;
        while (received < bytes) {
            ByteBuffer data = server.recvNext();
            if (data == null) {
                break;
            }
            received += data.remaining();
        }
        return received;
    }

    private static void awaitReceive(Queue<Integer> asked, List<Integer> lengths) throws Exception {
        Integer length;
        while ((length = asked.poll()) == null) {
            Frame.yield();
        }
        lengths.add(length);
    }

    private static final class Watching extends DelegatingIoRegistration {

        private final Queue<Integer> asked;

        Watching(IoRegistration kernel, Queue<Integer> asked) {
            super(kernel);
            this.asked = asked;
        }

        @Override
        public long submit(IoOps ops) {
            if (WatchedTransport.fieldOf(ops, "opcode") == RECV) {
                asked.add(WatchedTransport.fieldOf(ops, "len"));
            }
            return super.submit(ops);
        }
    }
}
