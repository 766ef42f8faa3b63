package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.channel.Channel;
import io.tardy.channel.Select;
import io.tardy.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program for a JVM of its own, with a small heap, which is full from the moment when a frame
 * that waits for a channel and a socket has been given a message. Prints how many messages that
 * frame got, and what becomes of the next wait for the socket.
 */
final class SelectHeapMain {

    private static final int ROUNDS = 10;

    /** As many bytes as may be left. */
    private static final int LEFT_OVER = 64;

    private static final FullHeap HEAP = new FullHeap(LEFT_OVER);

    private static final Integer MESSAGE = 1;

    private static volatile boolean isFull;

    private SelectHeapMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        Thread.ofPlatform().daemon().start(SelectHeapMain::giveBack);
        try (Tardy tardy =
                Tardy.builder()
                        .async(AsyncType.ofLabel(args[0]))
                        .threading(Threading.single())
                        .stallAfter(Duration.ZERO)
                        .build()) {
            tardy.run(() -> run(TardyRuntime.current()));
        }
    }

    private static void run(TardyRuntime rt) throws Exception {
        try (Socket socket = Socket.udp("127.0.0.1", 0).bind()) {
            int received = 0;
            for (int round = 0; round < ROUNDS; round++) {
                boolean isToBeFull = round > 0; // when what is needed is loaded
                Channel<Integer> channel = Channel.rendezvous();
                Select<Integer> select =
                        new Select<Integer>().readable(socket, () -> 0).recv(channel, m -> m);
                Frame<Integer> selecting = rt.spawnCall(() -> messages(select));
                do {
                    Frame.delay(Duration.ofMillis(1));
                } while (channel.receiving() == 0);
                rt.spawn(
                        () -> {
                            channel.trySend(MESSAGE);
                            if (isToBeFull) {
                                HEAP.fill();
                                isFull = true;
                            }
                        });
                received += selecting.join();
            }
            System.out.println(received + " of " + ROUNDS + ", then " + next(socket));
        }
    }

    private static Integer messages(Select<Integer> select) throws Exception {
        try {
            return select.run();
        } catch (OutOfMemoryError e) {
            return 0;
        } finally {
            HEAP.giveBack();
            isFull = false;
        }
    }

    private static String next(Socket socket) throws Exception {
        try {
            Frame.delay(Duration.ofMillis(5));
            Deadline.within(Duration.ofMillis(1), socket::awaitReadable);
            return "ready";
        } catch (DeadlineExceededException e) {
            return "late";
        } catch (IllegalStateException e) {
            return "taken";
        }
    }

    /** When the loop has had many turns with a full heap. */
    private static void giveBack() {
        for (; ; ) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            if (isFull) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                HEAP.giveBack();
            }
        }
    }
}
