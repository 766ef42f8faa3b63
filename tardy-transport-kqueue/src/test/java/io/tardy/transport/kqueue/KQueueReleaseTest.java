package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncSubmission;
import io.tardy.transport.kqueue.SimRuntime.SimOperation;
import org.junit.jupiter.api.Test;

/** How a runtime lets go of a socket; on a simulated kqueue. */
class KQueueReleaseTest {

    private final SimSystem system = new SimSystem();
    private final SimRuntime runtime = new SimRuntime(system);
    private final SimSocket socket = system.newSocket().connected();

    @Test
    void closingFailsWhatWaits() throws Exception {
        runtime.send(socket, new byte[SimSocket.ROOM]);
        SimOperation recv = runtime.recv(socket, 8);
        SimOperation send = runtime.send(socket, new byte[1]);
        runtime.settle();
        socket.close();
        assertThat(recv.outcome()).isEqualTo("EBADF");
        assertThat(send.outcome()).isEqualTo("EBADF");
        assertThat(runtime.recv(socket, 8).outcome()).isEqualTo("EBADF");
    }

    @Test
    void theKnotesAreDeletedBeforeTheDescriptorIsClosed() {
        runtime.recv(socket, 8);
        runtime.settle();
        system.calls.clear();
        assertThat(runtime.start(new AsyncSubmission.Close(socket)).outcome()).isEqualTo("done");
        assertThat(system.calls).containsExactly("delete write 3", "delete read 3", "close 3");
        runtime.settle();
        assertThat(runtime.kqueue.knotes()).isZero();
        assertThat(runtime.kqueue.registrations()).isZero();
        assertThat(system.socketsOpen()).isZero();
    }

    @Test
    void aSocketThatNeverWaitedIsJustClosed() throws Exception {
        socket.close();
        assertThat(system.calls).containsExactly("close 3");
    }

    @Test
    void theNextSocketWithTheSameNumberHasItsOwnEvents() throws Exception {
        runtime.recv(socket, 8);
        runtime.settle();
        socket.close();
        SimSocket next = system.newSocket().connected();
        assertThat(next.ident()).isEqualTo(3);
        SimOperation recv = runtime.recv(next, 8);
        runtime.settle();
        next.peerSends(new byte[2]);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(2);
        assertThat(runtime.kqueue.strays).isZero();
    }

    @Test
    void anAdditionThatNettyStillHoldsDoesNotReachWhoHasTheNumberNext() throws Exception {
        runtime.recv(socket, 8);
        socket.close(); // before any turn: the additions have not been made yet
        SimSocket next = system.newSocket().connected();
        assertThat(next.ident()).isEqualTo(3);
        runtime.settle();
        next.peerSends(new byte[1]);
        runtime.settle();
        assertThat(runtime.kqueue.knotes()).isZero();
        assertThat(runtime.kqueue.strays).isZero();
    }

    @Test
    void anEventAfterTheReleaseIsIgnored() throws Exception {
        SimSocket other = system.newSocket().connected();
        SimOperation closing = runtime.recv(socket, 8);
        SimOperation recv = runtime.recv(other, 8);
        runtime.settle();
        socket.peerSends(new byte[1]);
        other.peerSends(new byte[1]);
        int tries = socket.tries;
        socket.close();
        runtime.settle();
        assertThat(closing.outcome()).isEqualTo("EBADF");
        assertThat(recv.outcome()).isEqualTo(1);
        assertThat(socket.tries).isEqualTo(tries);
        assertThat(runtime.kqueue.strays).isZero();
    }

    @Test
    void aRuntimeThatLetsGoKeepsNoKnoteOfASocketThatAnotherOneHolds() {
        SimRuntime other = new SimRuntime(system);
        SimSocket listener = system.newSocket().listening();
        SimOperation here = runtime.accept(listener);
        SimOperation there = other.accept(listener);
        runtime.settle();
        other.settle();
        runtime.backend.close();
        assertThat(here.outcome()).isEqualTo("ECANCELED");
        runtime.settle();
        assertThat(runtime.kqueue.knotes()).isZero();
        listener.peerConnects();
        runtime.settle();
        other.settle();
        assertThat(runtime.kqueue.strays).isZero();
        assertThat(there.outcome()).isInstanceOf(SimSocket.class);
    }

    @Test
    void aDescriptorIsGivenBackOnlyWhenTheLastRuntimeHasLetGo() throws Exception {
        SimRuntime other = new SimRuntime(system);
        runtime.recv(socket, 8);
        other.recv(socket, 8);
        runtime.settle();
        other.settle();
        system.calls.clear();
        socket.close();
        assertThat(system.calls)
                .containsExactly(
                        "delete write 3",
                        "delete read 3",
                        "delete write 3",
                        "delete read 3",
                        "close 3");
    }

    @Test
    void theEndOfTheRuntimeCancelsWhatIsLeft() {
        SimOperation recv = runtime.recv(socket, 8);
        runtime.settle();
        runtime.backend.close();
        assertThat(recv.outcome()).isEqualTo("ECANCELED");
        assertThat(socket.isClosed()).isFalse();
    }

    @Test
    void aLoopThatRefusesTheSocketFailsTheOperation() {
        runtime.kqueue.refusal = new IllegalStateException("refused");
        assertThat(runtime.recv(socket, 8).outcome()).isEqualTo("EIO");
        runtime.kqueue.refusal = null;
        SimOperation recv = runtime.recv(socket, 8);
        socket.peerSends(new byte[1]);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(1);
    }
}
