package io.tardy.transport.iouring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.FrameStatus;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Socket;
import io.tardy.spi.DelegatingIoRegistration;
import io.tardy.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/**
 * A kernel that answers EAGAIN to an accept in place of waiting, as those before 6.2 do: the next
 * accept comes once a connection is there.
 */
class AcceptAgainTest {

    private static final int POLL_ADD = 6;
    private static final int ACCEPT = 13;

    /** The listener is the only socket here that the ring knows. */
    private static final long FIRST_SLOT = 0;

    @Test
    void anAcceptThatWouldWaitIsRepeatedWhenAConnectionIsThere() throws Exception {
        assumeThat(new IoUringTransport().unavailableBecause()).isEmpty();
        Queue<Integer> asked = new ConcurrentLinkedQueue<>();
        Transport old =
                new WatchedTransport(
                        (kernel, completing) -> new Refusing(kernel, asked, completing));
        try (Tardy tardy = Tardy.builder().async(old).threading(Threading.single()).build()) {
            Frame<?>[] body = new Frame<?>[1];
            tardy.entry(body, (rt, frames) -> frames[0] = rt.spawn(() -> body(rt, asked)));
            body[0].join();
        }
    }

    private static void body(TardyRuntime rt, Queue<Integer> asked) throws Exception {
        try (Socket listener = Socket.tcp("127.0.0.1", 0).bind().listen(8)) {
            Frame<Socket> accepting = rt.spawnCall(listener::accept);
            awaitPoll(asked);
            assertThat(asked).containsExactly(ACCEPT, POLL_ADD);
            assertThat(accepting.status()).isEqualTo(FrameStatus.ALIVE);
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            try (java.net.Socket client = new java.net.Socket("127.0.0.1", port);
                    Socket accepted = accepting.join()) {
                assertThat(accepted.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
                assertThat(asked).containsExactly(ACCEPT, POLL_ADD, ACCEPT);
            }
            asked.clear();
            Frame<Socket> cancelled = rt.spawnCall(listener::accept);
            awaitPoll(asked);
            cancelled.cancel();
            assertThat(failureOf(cancelled)).isInstanceOf(CancelledException.class);
            asked.clear();
            Frame<Socket> closed = rt.spawnCall(listener::accept);
            awaitPoll(asked);
            listener.close();
            assertThat(((TardyIOException) failureOf(closed)).errno())
                    .isEqualTo(Errno.EBADF.number());
        }
    }

    /** Until the kernel was asked for more than an accept. */
    private static void awaitPoll(Queue<Integer> asked) throws IOException {
        Deadline.within(
                Duration.ofSeconds(20),
                () -> {
                    while (asked.size() < 2) {
                        Frame.delay(Duration.ofMillis(1));
                    }
                });
    }

    private static Throwable failureOf(Frame<Socket> frame) throws TardyIOException {
        try {
            throw new AssertionError("accepted " + frame.join());
        } catch (FrameFailedException e) {
            return e.getCause();
        }
    }

    /** An accept without a poll before it is answered with EAGAIN. */
    private static final class Refusing extends DelegatingIoRegistration {

        private final Queue<Integer> asked;
        private final WatchedTransport.Completing completing;
        private int last;

        Refusing(
                IoRegistration kernel,
                Queue<Integer> asked,
                WatchedTransport.Completing completing) {
            super(kernel);
            this.asked = asked;
            this.completing = completing;
        }

        @Override
        public long submit(IoOps ops) {
            int opcode = WatchedTransport.fieldOf(ops, "opcode");
            asked.add(opcode);
            boolean isRefused = opcode == ACCEPT && last != POLL_ADD;
            last = opcode;
            if (!isRefused) {
                return super.submit(ops);
            }
            completing.complete(
                    new IoUringIoEvent(-Errno.EAGAIN.number(), 0, (byte) opcode, FIRST_SLOT));
            return 0;
        }
    }
}
