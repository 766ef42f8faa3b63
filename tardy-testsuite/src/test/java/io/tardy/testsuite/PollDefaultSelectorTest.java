package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.transport.poll.PollTransport;
import java.nio.channels.spi.SelectorProvider;
import org.junit.jupiter.api.Test;

/** The contracts of sockets on the JDK's default selector, which runs where poll(2) is missing. */
class PollDefaultSelectorTest
        implements RuntimeContract,
                FrameContract,
                TaskContract,
                TimerContract,
                TcpContract,
                ConnectionContract,
                AcceptContract {

    @Override
    public AsyncType transport() {
        return AsyncType.POLL;
    }

    @Override
    public Tardy.Builder tardy(int runtimes) {
        return Tardy.builder()
                .async(new PollTransport(SelectorProvider.provider()))
                .threading(Threading.multi(runtimes));
    }

    @Test
    void theBackendNamesTheSelector() throws Exception {
        inFrame(rt -> assertThat(rt.backend()).asString().startsWith("poll by the JDK's "));
    }
}
