package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.netty.util.concurrent.Ticker;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The suite itself is tested: transports that are broken on purpose must fail it. */
class CanaryTest {

    private static final String WAKE = "aWakeBeforeTheWaitIsNotLost";
    private static final String BYTES = "bytesArriveWhateverTheBuffer";
    private static final String REFUSED = "connectingToNobodyIsRefused";
    private static final String SEQUENCES = "tcpConnectionsDoWhatTheModelDoes";
    private static final String DELAY = "noDelayEndsEarly";

    @Test
    void aLostWakeIsCaught() {
        assertCaught(LostWake.class, WAKE);
    }

    @Test
    void aDoubleCompletionIsCaught() {
        assertCaught(DoubleCompletion.class, BYTES);
    }

    @Test
    void aSwallowedErrorIsCaught() {
        assertCaught(SwallowedError.class, REFUSED);
    }

    @Test
    void anEarlyTimerIsCaught() {
        // A machine so busy that all is late anyway hides it, but not again and again.
        for (int tries = 20; run(EarlyTimer.class, DELAY).failed().count() == 0; tries--) {
            assertThat(tries).isPositive();
        }
    }

    @Test
    void aByteThatIsSentTwiceIsCaughtBySequences() {
        assertCaught(RepeatedByte.class, SEQUENCES);
    }

    @Test
    void theSameTestsPassWithoutAFault() {
        run(NoFault.class, WAKE, BYTES, REFUSED, DELAY, SEQUENCES)
                .assertStatistics(statistics -> statistics.succeeded(5).failed(0));
    }

    private static void assertCaught(Class<?> canary, String test) {
        run(canary, test).assertStatistics(statistics -> statistics.started(1).failed(1));
    }

    private static Events run(Class<?> canary, String... tests) {
        EngineTestKit.Builder kit = EngineTestKit.engine("junit-jupiter");
        for (String test : tests) {
            kit.selectors(selectMethod(canary, test));
        }
        return kit.execute().testEvents();
    }

    /** Not found by the build, for they are no test classes by name. */
    abstract static class Canary
            implements RuntimeContract,
                    TimerContract,
                    TcpContract,
                    ConnectionContract,
                    SequenceContract {

        private final BrokenTransport.Fault fault;

        Canary(BrokenTransport.Fault fault) {
            this.fault = fault;
        }

        @Override
        public AsyncType transport() {
            return AsyncType.EPOLL;
        }

        @Override
        public Duration patience() {
            return Duration.ofSeconds(1);
        }

        @Override
        public Tardy.Builder tardy(int runtimes) {
            return Tardy.builder()
                    .async(new BrokenTransport(fault))
                    .threading(Threading.multi(runtimes));
        }
    }

    static class NoFault extends Canary {
        NoFault() {
            super(BrokenTransport.Fault.NONE);
        }

        @Override
        public Duration patience() {
            return super.patience().multipliedBy(20);
        }
    }

    static class LostWake extends Canary {
        LostWake() {
            super(BrokenTransport.Fault.LOST_WAKE);
        }
    }

    static class DoubleCompletion extends Canary {
        DoubleCompletion() {
            super(BrokenTransport.Fault.DOUBLE_COMPLETION);
        }
    }

    static class SwallowedError extends Canary {
        SwallowedError() {
            super(BrokenTransport.Fault.SWALLOWED_ERROR);
        }
    }

    static class RepeatedByte extends Canary {
        RepeatedByte() {
            super(BrokenTransport.Fault.REPEATED_BYTE);
        }
    }

    /** Time runs too fast where timers are concerned. */
    static class EarlyTimer extends NoFault {
        @Override
        public Tardy.Builder tardy(int runtimes) {
            return super.tardy(runtimes).clock(new HastyTicker());
        }
    }

    private static final class HastyTicker implements Ticker {
        private final long began = System.nanoTime();

        @Override
        public long initialNanoTime() {
            return 0;
        }

        @Override
        public long nanoTime() {
            return (System.nanoTime() - began) * 4;
        }

        @Override
        public void sleep(long delay, TimeUnit unit) throws InterruptedException {
            unit.sleep(delay);
        }
    }
}
