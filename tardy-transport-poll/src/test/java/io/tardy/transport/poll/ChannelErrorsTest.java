package io.tardy.transport.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.aio.Errno;
import io.tardy.aio.SocketError;
import io.tardy.aio.TardyIOException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChannelErrorsTest {

    @Test
    void theTextOfTheSystemSaysWhichNumberItWas() {
        Map<String, Errno> messages =
                Map.of(
                        "Too many open files", Errno.EMFILE,
                        "Too many open files in system", Errno.ENFILE,
                        "Connection reset by peer", Errno.ECONNRESET,
                        "Broken pipe", Errno.EPIPE,
                        "Permission denied", Errno.EACCES,
                        "Network is unreachable", Errno.ENETUNREACH,
                        "No such file or directory", Errno.ENOENT,
                        "Unix domain path too long", Errno.ENAMETOOLONG,
                        "Address already in use: bind", Errno.EADDRINUSE,
                        "Connection timed out", Errno.ETIMEDOUT);
        messages.forEach(
                (message, errno) ->
                        assertThat(ChannelErrors.errnoOf(new SocketException(message)))
                                .as(message)
                                .isEqualTo(errno.number()));
    }

    @Test
    void inAnotherLanguageTheClassSaysWhatItCan() {
        assertThat(ChannelErrors.errnoOf(new ConnectException("Verbindungsaufbau abgelehnt")))
                .isEqualTo(Errno.ECONNREFUSED.number());
        assertThat(ChannelErrors.errnoOf(new BindException("Die Adresse wird schon verwendet")))
                .isEqualTo(Errno.EADDRINUSE.number());
        assertThat(ChannelErrors.errnoOf(new NoRouteToHostException()))
                .isEqualTo(Errno.EHOSTUNREACH.number());
        assertThat(ChannelErrors.errnoOf(new PortUnreachableException()))
                .isEqualTo(Errno.ECONNREFUSED.number());
    }

    @Test
    void theTextComesBeforeTheClass() {
        assertThat(ChannelErrors.errnoOf(new ConnectException("Connection timed out")))
                .isEqualTo(Errno.ETIMEDOUT.number());
        assertThat(ChannelErrors.errnoOf(new BindException("Cannot assign requested address")))
                .isEqualTo(Errno.EADDRNOTAVAIL.number());
    }

    @Test
    void theStatesOfAChannelHaveNumbersToo() {
        assertThat(ChannelErrors.errnoOf(new ClosedChannelException()))
                .isEqualTo(Errno.EBADF.number());
        assertThat(ChannelErrors.errnoOf(new AsynchronousCloseException()))
                .isEqualTo(Errno.EBADF.number());
        assertThat(ChannelErrors.errnoOf(new NotYetConnectedException()))
                .isEqualTo(Errno.ENOTCONN.number());
    }

    @Test
    void whatIsUnknownIsAnInputOutputErrorThatKeepsItsText() {
        IOException unknown = new IOException("the dog ate the cable");
        TardyIOException failure = ChannelErrors.failure("bind", unknown);
        assertThat(failure.errno()).isEqualTo(Errno.EIO.number());
        assertThat(failure.error()).isEqualTo(SocketError.UNEXPECTED);
        assertThat(failure).hasMessageContaining("the dog ate the cable").hasCause(unknown);
    }

    @Test
    void aFaultOfTheProgramIsNoErrorOfTheSystem() {
        assertThatIllegalStateException()
                .isThrownBy(() -> ChannelErrors.errnoOf(new IllegalStateException("bug")))
                .withMessage("bug");
    }
}
