package io.tardy.aio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        TardyIOException e = new TardyIOException("recv", RecvError.class, 9999);
        assertThat(e).hasMessage("recv failed: UNEXPECTED (errno 9999)");
        assertThat(e.errno()).isEqualTo(9999);
        assertThat(e.error()).isEqualTo(RecvError.UNEXPECTED);
    }

    @Test
    void theEndOfAStreamIsNoErrorOfTheSystem() {
        assertThat(new AsyncSubmission.Recv(null, ByteBuffer.allocate(1)).error(0))
                .isEqualTo(RecvError.CLOSED);
    }

    @Test
    void cancellationIsItsOwnException() {
        Resulted<Integer, RecvError> cancelled =
                new Resulted.Err<>(
                        AsyncOp.RECV,
                        meaning(RecvError.class, Errno.ECANCELED),
                        Errno.ECANCELED.number());
        assertThat(((Resulted.Err<?, ?>) cancelled).toException())
                .isInstanceOf(CancelledException.class)
                .hasMessageStartingWith("recv failed: CANCELED");
    }

    @Test
    void everyMeaningIsAConstantOfSomeOperation() {
        Set<String> constants =
                Stream.of(
                                AcceptError.values(),
                                AllocateError.values(),
                                ChmodError.values(),
                                CloseError.values(),
                                ConnectError.values(),
                                DeleteError.values(),
                                LinkError.values(),
                                LockError.values(),
                                MkdirError.values(),
                                OpenError.values(),
                                ReadError.values(),
                                ReadlinkError.values(),
                                RecvError.values(),
                                RenameError.values(),
                                SendError.values(),
                                SocketError.values(),
                                StartError.values(),
                                StatError.values(),
                                SymlinkError.values(),
                                SyncError.values(),
                                TimerError.values(),
                                TruncateError.values(),
                                WriteError.values())
                        .flatMap(Stream::of)
                        .map(AsyncError::name)
                        .collect(Collectors.toSet());
        for (Errno errno : Errno.values()) {
            assertThat(constants).as("%s", errno).containsAll(errno.meanings());
        }
    }

    @Test
    void oneNumberMeansAnotherThingToAnotherOperation() {
        assertThat(meaning(AcceptError.class, Errno.EINVAL)).isEqualTo(AcceptError.NOT_LISTENING);
        assertThat(meaning(ConnectError.class, Errno.EINVAL))
                .isEqualTo(ConnectError.INVALID_ADDRESS);
        assertThat(meaning(OpenError.class, Errno.EINVAL)).isEqualTo(OpenError.INVALID_ARGUMENTS);
        assertThat(meaning(SendError.class, Errno.EALREADY))
                .isEqualTo(SendError.FAST_OPEN_ALREADY_IN_PROGRESS);
        assertThat(meaning(StatError.class, Errno.ENOTDIR)).isEqualTo(StatError.NOT_A_DIRECTORY);
        assertThat(meaning(SendError.class, Errno.ENOTDIR)).isEqualTo(SendError.NOT_FOUND);
    }

    @Test
    void theLongerOfTwoTextsIsFound() {
        assertThat(Errno.ofText("Too many open files")).isEqualTo(Errno.EMFILE);
        assertThat(Errno.ofText("Too many open files in system")).isEqualTo(Errno.ENFILE);
        assertThat(Errno.ofText(null)).isEqualTo(Errno.UNKNOWN);
    }

    private static <E extends Enum<E> & AsyncError> E meaning(Class<E> errors, Errno errno) {
        return ErrnoMeanings.of(errors).meaningOf(errno.number());
    }
}
