package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import org.junit.jupiter.api.Test;

/** The contracts on poll(2). */
class PollTest implements TransportContract {

    @Override
    public AsyncType transport() {
        return AsyncType.POLL;
    }

    @Override
    public boolean hasUnixDatagrams() {
        return false;
    }

    @Test
    void theBackendNamesTheSelector() throws Exception {
        inFrame(rt -> assertThat(rt.backend()).hasToString("poll by poll(2)"));
    }
}
