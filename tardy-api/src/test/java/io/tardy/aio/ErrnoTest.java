package io.tardy.aio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ErrnoTest {

    @Test
    void numbersAreUniqueAndFoundAgain() {
        for (Errno errno : Errno.values()) {
            assertThat(Errno.of(errno.number())).isEqualTo(errno);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theNumbersAreLinuxs() {
        assertThat(Errno.of(104)).isEqualTo(Errno.ECONNRESET);
        assertThat(Errno.describe(104)).isEqualTo("ECONNRESET, errno 104");
        assertThat(Errno.describe(9999)).isEqualTo("errno 9999");
    }

    @Test
    void whatIsUnknownIsUnexpectedAndKeepsItsNumber() {
        TardyIOException e = new TardyIOException("recv", RecvError.of(9999), 9999);
        assertThat(e).hasMessage("recv failed: UNEXPECTED (errno 9999)");
        assertThat(e.errno()).isEqualTo(9999);
        assertThat(e.error()).isEqualTo(RecvError.UNEXPECTED);
    }

    @Test
    void theEndOfAStreamIsNoErrorOfTheSystem() {
        assertThat(RecvError.of(0)).isEqualTo(RecvError.CLOSED);
    }

    @Test
    void cancellationIsItsOwnException() {
        Resulted<Integer, RecvError> cancelled =
                new Resulted.Err<>(
                        AsyncOp.RECV,
                        RecvError.of(Errno.ECANCELED.number()),
                        Errno.ECANCELED.number());
        assertThat(((Resulted.Err<?, ?>) cancelled).toException())
                .isInstanceOf(CancelledException.class)
                .hasMessageStartingWith("recv failed: CANCELED");
    }
}
