package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.Errno;
import io.tardy.transport.kqueue.SimRuntime.SimOperation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** When operations go on, and when they do not even try; on a simulated kqueue. */
class KQueueRegistrationTest {

    private final SimSystem system = new SimSystem();
    private final SimRuntime runtime = new SimRuntime(system);
    private final SimSocket socket = system.newSocket().connected();

    @Test
    void bothFiltersAreAddedOnceAndEdgeTriggered() {
        for (int i = 0; i < 3; i++) {
            SimOperation recv = runtime.recv(socket, 8);
            socket.peerSends(bytes("x"));
            runtime.settle();
            assertThat(recv.outcome()).isEqualTo(1);
        }
        assertThat(system.calls).containsExactly("add write 3", "add read 3");
        assertThat(KEvent.ADD_READ.flags()).isEqualTo((short) (KEvent.EV_ADD | KEvent.EV_CLEAR));
        assertThat(KEvent.ADD_WRITE.flags()).isEqualTo((short) (KEvent.EV_ADD | KEvent.EV_CLEAR));
    }

    @Test
    void whatCameBeforeTheFirstWaitIsReceived() {
        socket.peerSends(bytes("early"));
        SimOperation recv = runtime.recv(socket, 8);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(5);
    }

    @Test
    void anEventBeforeTheWaitIsRemembered() {
        armed();
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(runtime.recv(socket, 8).outcome()).isEqualTo(1);
    }

    @Test
    void anEventAfterTheWaitEndsIt() {
        armed();
        SimOperation recv = runtime.recv(socket, 8);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo("waits");
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(1);
    }

    @Test
    void whatComesBetweenATryAndItsWaitIsNotLost() {
        armed();
        assertThat(runtime.attempt(new AsyncSubmission.Recv(socket, buffer(8)))).isNull();
        socket.peerSends(bytes("x"));
        SimOperation recv = runtime.recv(socket, 8);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(1);
    }

    /**
     * It may have stopped at urgent data, or behind a descriptor, and no event tells of the rest.
     */
    @Test
    void afterAShortReadTheNextIsTriedOnceBeforeItWaitsForAnEvent() {
        armed();
        socket.peerSends(bytes("abc"));
        runtime.settle();
        assertThat(runtime.recv(socket, 8).outcome()).isEqualTo(3);
        int tries = socket.tries;
        SimOperation next = runtime.recv(socket, 8);
        runtime.settle();
        assertThat(next.outcome()).isEqualTo("waits");
        assertThat(socket.tries).isEqualTo(tries + 1);
        socket.peerSends(bytes("d"));
        runtime.settle();
        assertThat(next.outcome()).isEqualTo(1);
    }

    @Test
    void aFilledBufferKeepsTryingForNoEventWillTellOfTheRest() {
        armed();
        socket.peerSends(bytes("abcdef"));
        runtime.settle();
        int told = runtime.kqueue.told;
        assertThat(runtime.recv(socket, 3).outcome()).isEqualTo(3);
        assertThat(runtime.recv(socket, 3).outcome()).isEqualTo(3);
        SimOperation last = runtime.recv(socket, 3);
        runtime.settle();
        assertThat(last.outcome()).isEqualTo("waits");
        assertThat(runtime.kqueue.told).isEqualTo(told);
    }

    @Test
    void theEndComesAfterTheDataThatCameWithIt() {
        armed();
        socket.peerSends(bytes("last words"));
        socket.peerEnds();
        runtime.settle();
        assertThat(runtime.recv(socket, 64).outcome()).isEqualTo(10);
        // No event will come for the end: it was told with the data.
        assertThat(runtime.recv(socket, 64).outcome()).isEqualTo("end");
        assertThat(runtime.recv(socket, 64).outcome()).isEqualTo("end");
    }

    @Test
    void anEndThatComesLaterEndsTheWait() {
        armed();
        socket.peerSends(bytes("abc"));
        runtime.settle();
        assertThat(runtime.recv(socket, 8).outcome()).isEqualTo(3);
        SimOperation recv = runtime.recv(socket, 8);
        socket.peerEnds();
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo("end");
    }

    @Test
    void theEndOfThePeersDirectionLeavesOursOpen() {
        armed();
        socket.peerEnds();
        runtime.settle();
        assertThat(runtime.send(socket, bytes("answer")).outcome()).isEqualTo(6);
    }

    @Test
    void theEndOfOurDirectionIsNotTheEndOfThePeers() throws Exception {
        armed();
        socket.shutdownOutput();
        runtime.settle();
        int tries = socket.tries;
        SimOperation recv = runtime.recv(socket, 8);
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo("waits");
        assertThat(socket.tries).isEqualTo(tries);
        assertThat(runtime.send(socket, bytes("x")).outcome()).isEqualTo("EPIPE");
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(1);
    }

    @Test
    void aSendThatFindsNoRoomWaitsForIt() {
        armed();
        byte[] more = new byte[SimSocket.ROOM + 16];
        assertThat(runtime.send(socket, more).outcome()).isEqualTo(SimSocket.ROOM);
        SimOperation send = runtime.send(socket, bytes("0123456789"));
        runtime.settle();
        assertThat(send.outcome()).isEqualTo("waits");
        int tries = socket.tries;
        assertThat(runtime.attempt(new AsyncSubmission.Recv(socket, buffer(8)))).isNull();
        assertThat(socket.tries).isEqualTo(tries);
        socket.peerReads(4);
        runtime.settle();
        assertThat(send.outcome()).isEqualTo(4);
    }

    @Test
    void aReaderAndAWriterWaitAtTheSameTimeAndEachHasItsOwnEvents() {
        armed();
        runtime.send(socket, new byte[SimSocket.ROOM]);
        SimOperation recv = runtime.recv(socket, 8);
        SimOperation send = runtime.send(socket, bytes("x"));
        runtime.settle();
        socket.peerReads(1);
        runtime.settle();
        assertThat(send.outcome()).isEqualTo(1);
        assertThat(recv.outcome()).isEqualTo("waits");
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(recv.outcome()).isEqualTo(1);
    }

    @Test
    void aConnectCompletesWhenTheSocketBecomesWritable() {
        SimSocket client = system.newSocket();
        SimOperation connect = runtime.connect(client);
        runtime.settle();
        assertThat(connect.outcome()).isEqualTo("waits");
        client.peerAccepts();
        runtime.settle();
        assertThat(connect.outcome()).isEqualTo("done");
        assertThat(runtime.send(client, bytes("hello")).outcome()).isEqualTo(5);
    }

    @Test
    void aRefusedConnectGetsItsError() {
        SimSocket client = system.newSocket();
        SimOperation connect = runtime.connect(client);
        runtime.settle();
        client.peerRefuses();
        runtime.settle();
        assertThat(connect.outcome()).isEqualTo("ECONNREFUSED");
    }

    @Test
    void aConnectRefusedBeforeTheFirstTurnGetsItsErrorBeforeAReceiveTakesItAway() {
        SimSocket client = system.newSocket();
        SimOperation connect = runtime.connect(client);
        SimOperation recv = runtime.recv(client, 8);
        client.peerRefuses();
        runtime.settle();
        assertThat(connect.outcome()).isEqualTo("ECONNREFUSED");
        assertThat(recv.outcome()).isEqualTo("end");
    }

    @Test
    void anAcceptTakesWhatIsThereAndThenWaits() {
        SimSocket listener = system.newSocket().listening();
        listener.peerConnects();
        listener.peerConnects();
        SimOperation first = runtime.accept(listener);
        runtime.settle();
        assertThat(first.outcome()).isInstanceOf(SimSocket.class);
        assertThat(runtime.accept(listener).outcome()).isInstanceOf(SimSocket.class);
        SimOperation third = runtime.accept(listener);
        runtime.settle();
        assertThat(third.outcome()).isEqualTo("waits");
        listener.peerConnects();
        runtime.settle();
        assertThat(third.outcome()).isInstanceOf(SimSocket.class);
    }

    @Test
    void anAcceptThatFailsLeavesTheRestToTheNext() {
        SimSocket listener = system.newSocket().listening();
        listener.acceptErrno = Errno.EMFILE.number();
        listener.peerConnects();
        SimOperation first = runtime.accept(listener);
        runtime.settle();
        assertThat(first.outcome()).isEqualTo("EMFILE");
        assertThat(runtime.accept(listener).outcome()).isInstanceOf(SimSocket.class);
    }

    @Test
    void aResetEndsBothWaits() {
        armed();
        runtime.send(socket, new byte[SimSocket.ROOM]);
        SimOperation recv = runtime.recv(socket, 8);
        SimOperation send = runtime.send(socket, bytes("x"));
        runtime.settle();
        socket.peerResets();
        runtime.settle();
        // The system tells the error once, to whoever asks first.
        assertThat(recv.outcome()).isEqualTo("ECONNRESET");
        assertThat(send.outcome()).isEqualTo("EPIPE");
    }

    @Test
    void aCancelledOperationLeavesTheSocketToTheNext() {
        armed();
        SimOperation given = runtime.recv(socket, 8);
        runtime.backend.cancel(given);
        assertThat(given.outcome()).isEqualTo("ECANCELED");
        SimOperation next = runtime.recv(socket, 8);
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(next.outcome()).isEqualTo(1);
    }

    @Test
    void aSecondReaderIsAMistakeThatHarmsNobodyElse() {
        armed();
        SimOperation first = runtime.recv(socket, 8);
        SimOperation second = runtime.recv(socket, 8);
        assertThatIllegalStateException()
                .isThrownBy(second::outcome)
                .withMessageContaining("another frame already receives");
        socket.peerSends(bytes("x"));
        runtime.settle();
        assertThat(first.outcome()).isEqualTo(1);
    }

    /** Takes the events that arming brings. */
    private void armed() {
        SimOperation recv = runtime.recv(socket, 1);
        runtime.settle();
        runtime.backend.cancel(recv);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
