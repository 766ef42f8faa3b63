package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyEntry;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.net.Socket;
import io.tardy.testsuite.BrokenTransport.Fault;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop that a fault of ours ends leaves nobody waiting. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoopFaultTest {

    @Test
    void aFaultEndsAllRuntimesInOrderAndTheEntryThrowsIt() throws Exception {
        faultEndsAll(Fault.LOOP_FAULT);
    }

    @Test
    void aLoopThatDoesNothingButFailEndsToo() throws Exception {
        faultEndsAll(Fault.LOOP_FAULTS);
    }

    private static void faultEndsAll(Fault fault) throws Exception {
        BrokenTransport transport = new BrokenTransport(fault);
        CountDownLatch waiting = new CountDownLatch(2);
        CountDownLatch unwound = new CountDownLatch(2);
        Queue<Integer> ports = new ConcurrentLinkedQueue<>();
        try (Tardy tardy = Tardy.builder().async(transport).threading(Threading.multi(2)).build()) {
            TardyEntry entry =
                    tardy.entryInNewThread(
                            "x",
                            (rt, x) -> {
                                rt.spawn(
                                        () -> {
                                            try (Socket listener =
                                                    TransportFixture.listenAnywhere()) {
                                                ports.add(TransportFixture.port(listener));
                                                waiting.countDown();
                                                listener.accept();
                                            } finally {
                                                unwound.countDown();
                                            }
                                        });
                                rt.spawn(() -> Frame.delay(Duration.ofHours(1)));
                            });
            waiting.await();
            transport.breakLoop();
            entry.runtimes().forEach(TardyRuntime::wake);
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(entry::await)
                    .withMessage("a fault of the loop");
            unwound.await();
        }
        for (int port : ports) {
            assertThatExceptionOfType(java.net.ConnectException.class)
                    .isThrownBy(
                            () ->
                                    new java.net.Socket(InetAddress.getLoopbackAddress(), port)
                                            .close());
        }
    }
}
