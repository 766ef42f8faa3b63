package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.channel.ChannelException;
import io.tardy.aio.Errno;
import java.net.ConnectException;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class SystemErrorsTest {

    @Test
    void nettysNumberOfAFailedConnectIsRead() {
        assertThat(errnoOf(new ConnectException("connect(..) failed with error(-4711): what?")))
                .isEqualTo(4711);
    }

    @Test
    void nettysTextOfAFailedOptionIsRead() {
        assertThat(errnoOf(new ChannelException("setsockopt() failed: Protocol not available")))
                .isEqualTo(Errno.ENOPROTOOPT.number());
        assertThat(errnoOf(new ChannelException("no text at all"))).isEqualTo(Errno.EIO.number());
    }

    @Test
    void theReasonOfAFileIsReadAndNotItsName() {
        assertThat(errnoOf(new FileSystemException("broken pipe", null, "Is a directory")))
                .isEqualTo(Errno.EISDIR.number());
    }

    @Test
    void theStateOfAChannelHasANumber() {
        assertThat(errnoOf(new NonReadableChannelException())).isEqualTo(Errno.EBADF.number());
    }

    @Test
    void aFaultOfTheProgramIsThrownAgain() {
        assertThatIllegalStateException()
                .isThrownBy(() -> errnoOf(new IllegalStateException("bug")))
                .withMessage("bug");
    }

    private static int errnoOf(Throwable failure) {
        return SystemErrors.errnoOf(failure);
    }
}
