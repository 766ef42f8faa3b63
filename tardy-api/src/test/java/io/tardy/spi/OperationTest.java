package io.tardy.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.CancelledException;
import io.tardy.aio.Errno;
import io.tardy.aio.Resulted;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class OperationTest {

    private final AsyncSubmission.Timer timer = new AsyncSubmission.Timer(1);
    private int completions;

    private final class Counting extends Operation {

        Counting() {
            begin(timer);
        }

        @Override
        protected void completed() {
            completions++;
        }

        void beginAnew() {
            begin(timer);
        }

        void beginAnew(AsyncSubmission<?, ?> submission) {
            begin(submission);
        }
    }

    private final Counting operation = new Counting();

    @Test
    void aSecondCompletionIsAFaultOfTheTransportAndThrows() {
        operation.succeed(null);
        assertThatIllegalStateException()
                .isThrownBy(() -> operation.succeed(null))
                .withMessageContaining("completed twice");
        assertThatIllegalStateException().isThrownBy(() -> operation.fail(5));
        assertThat(completions).isEqualTo(1);
        assertThat(operation.result(timer)).isInstanceOf(Resulted.Actual.class);
    }

    @Test
    void anErrorNumberBecomesTheOperationsOwnError() {
        operation.fail(Errno.ECANCELED.number());
        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> operation.result(timer).unwrap());
    }

    @Test
    void aProgrammersErrorIsThrownAtWhoAsked() {
        operation.reject(new IllegalStateException("misuse"));
        assertThatIllegalStateException()
                .isThrownBy(() -> operation.result(timer))
                .withMessage("misuse");
    }

    @Test
    void thereIsNoResultBeforeTheEnd() {
        assertThatIllegalStateException().isThrownBy(() -> operation.result(timer));
    }

    @Test
    void oneThatBeginsAnewKnowsNothingOfTheLast() {
        operation.attach(this);
        operation.fail(5);
        operation.beginAnew();
        assertThat(operation.isDone()).isFalse();
        assertThat(operation.attachment()).isNull();
        assertThatIllegalStateException().isThrownBy(() -> operation.result(timer));
        operation.succeed(null);
        assertThat(operation.result(timer)).isEqualTo(new Resulted.Actual<>(null));
    }

    /** Its frame may look while the loop is suspended at the lock. */
    @Test
    void oneThatFailsIsNotOverWhileItWaitsForTheSocketsLock() throws Exception {
        BusySocket socket = new BusySocket();
        AsyncSubmission.Recv recv = new AsyncSubmission.Recv(socket, ByteBuffer.allocate(1));
        operation.beginAnew(recv);
        FutureTask<Object> asking = new FutureTask<>(socket::localAddress);
        Thread asker = Thread.ofPlatform().start(asking);
        socket.awaitAsked();
        Thread failing = Thread.ofPlatform().start(() -> operation.fail(Errno.ECONNRESET.number()));
        try {
            while (failing.getState() != Thread.State.BLOCKED) {
                assertThat(failing.isAlive()).isTrue();
                Thread.onSpinWait();
            }
            assertThat(operation.isDone()).isFalse();
        } finally {
            socket.tell();
            failing.join();
            asker.join();
        }
        assertThat(operation.result(recv))
                .isInstanceOfSatisfying(
                        Resulted.Err.class,
                        err -> assertThat(err.errno()).isEqualTo(Errno.ECONNRESET.number()));
    }
}
