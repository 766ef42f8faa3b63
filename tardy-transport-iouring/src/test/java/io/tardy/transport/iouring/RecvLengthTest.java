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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** How a receive asks where the frame has no buffer yet: for how many bytes, and what first. */
class RecvLengthTest {

    private static final int RECV = 27;

    /** IORING_RECVSEND_POLL_FIRST of io_uring_enter(2): wait, and do not try before. */
    private static final int WAITS_FIRST = 1;

    private static final int TRIES_FIRST = 0;

    /** More than a turn of the loop, which waits in the kernel meanwhile. */
    private static final Duration TURNS = Duration.ofMillis(5);

    @Test
    void asManyAsTheLastMessageHadSoThatTheNextComesByOneCall() throws Exception {
        assumeThat(new IoUringTransport().unavailableBecause()).isEmpty();
        List<Integer> lengths =
                watching(
                        "len",
                        (rt, client, server, asked) -> {
                            List<Integer> seen = new ArrayList<>();
                            for (int bytes : new int[] {100, 512, 1000, 64}) {
                                Frame<Integer> echoed = rt.spawnCall(() -> recv(server, bytes));
                                seen.add(next(asked));
                                client.sendAll(ByteBuffer.allocate(bytes));
                                assertThat(echoed.join()).isEqualTo(bytes);
                            }
                            seen.add(giveUp(rt, server, asked));
                            return seen;
                        });
        // The first, and one after each message.
        assertThat(lengths).containsExactly(256, 256, 1024, 1024, 256);
    }

    @Test
    void itTriesFirstWhereTheLastReceiveFoundItsData() throws Exception {
        assumeThat(new IoUringTransport().unavailableBecause()).isEmpty();
        List<Integer> first =
                watching(
                        "ioPrio",
                        (rt, client, server, asked) -> {
                            List<Integer> seen = new ArrayList<>();
                            for (boolean isThere : new boolean[] {false, true, true, false}) {
                                if (isThere) {
                                    client.sendAll(ByteBuffer.allocate(1));
                                }
                                Frame.delay(TURNS);
                                Frame<Integer> echoed = rt.spawnCall(() -> recv(server, 1));
                                seen.add(next(asked));
                                if (!isThere) {
                                    Frame.delay(TURNS);
                                    client.sendAll(ByteBuffer.allocate(1));
                                }
                                assertThat(echoed.join()).isOne();
                            }
                            seen.add(giveUp(rt, server, asked));
                            return seen;
                        });
        // The first of a connection tries: most have data with them.
        assertThat(first)
                .containsExactly(TRIES_FIRST, WAITS_FIRST, TRIES_FIRST, TRIES_FIRST, WAITS_FIRST);
    }

    /** Between two ends of a connection; sees what the server's receives ask. */
    @FunctionalInterface
    private interface Conversation {
        List<Integer> run(TardyRuntime rt, Socket client, Socket server, Queue<Integer> asked)
                throws Exception;
    }

    private static List<Integer> watching(String field, Conversation conversation)
            throws Exception {
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        Transport watched =
                new WatchedTransport((kernel, completing) -> new Watching(kernel, field, asked));
        try (Tardy tardy = Tardy.builder().async(watched).threading(Threading.single()).build()) {
            return tardy.runCall(() -> connected(conversation, asked));
        }
    }

    private static List<Integer> connected(Conversation conversation, Queue<Integer> asked)
            throws Exception {
        TardyRuntime rt = TardyRuntime.current();
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(8)) {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            Frame<Socket> accepting = rt.spawnCall(listener::accept);
            try (Socket client = Socket.tcp("127.0.0.1", port).connect();
                    Socket server = accepting.join()) {
                return conversation.run(rt, client, server, asked);
            }
        }
    }

    /** What a receive asks that finds nothing. */
    private static int giveUp(TardyRuntime rt, Socket server, Queue<Integer> asked)
            throws Exception {
        Frame<Integer> last = rt.spawnCall(() -> recv(server, 1));
        int seen = next(asked);
        last.cancel();
        assertThatThrownBy(last::join).hasCauseInstanceOf(CancelledException.class);
        return seen;
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

    private static int next(Queue<Integer> asked) throws Exception {
        Integer next;
        while ((next = asked.poll()) == null) {
            Frame.yield();
        }
        return next;
    }

    private static final class Watching extends DelegatingIoRegistration {

        private final String field;
        private final Queue<Integer> asked;

        Watching(IoRegistration kernel, String field, Queue<Integer> asked) {
            super(kernel);
            this.field = field;
            this.asked = asked;
        }

        @Override
        public long submit(IoOps ops) {
            if (WatchedTransport.fieldOf(ops, "opcode") == RECV) {
                asked.add(WatchedTransport.fieldOf(ops, field));
            }
            return super.submit(ops);
        }
    }
}
