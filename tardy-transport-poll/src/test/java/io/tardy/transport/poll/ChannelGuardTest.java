package io.tardy.transport.poll;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.Errno;
import org.junit.jupiter.api.Test;

class ChannelGuardTest {

    private final ChannelGuard guard = new ChannelGuard();

    @Test
    void whoComesSecondIsToldToTryAgain() {
        assertThat(guard.enter(ChannelGuard.READING)).isZero();
        assertThat(guard.enter(ChannelGuard.READING)).isEqualTo(-Errno.EAGAIN.number());
        assertThat(guard.enter(ChannelGuard.WRITING)).isZero();
        assertThat(guard.leave(ChannelGuard.READING)).isFalse();
        assertThat(guard.enter(ChannelGuard.READING)).isZero();
    }

    @Test
    void whoClosesWhileNobodyIsInsideClosesItself() {
        assertThat(guard.close()).isTrue();
        assertThat(guard.enter(ChannelGuard.READING)).isEqualTo(-Errno.EBADF.number());
    }

    @Test
    void theLastToLeaveClosesWhatWasClosedMeanwhile() {
        guard.enter(ChannelGuard.READING);
        guard.enter(ChannelGuard.WRITING);
        assertThat(guard.close()).isFalse();
        assertThat(guard.leave(ChannelGuard.WRITING)).isFalse();
        assertThat(guard.leave(ChannelGuard.READING)).isTrue();
    }
}
