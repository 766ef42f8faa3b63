package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.websocket.SessionState.PeerEnd;
import io.tardy.websocket.SessionState.Phase;
import org.junit.jupiter.api.Test;

/** The transitions of a session, in every order in which both sides can end it. */
class SessionStateTest {

    private static final CloseStatus OURS = new CloseStatus(CloseStatus.NORMAL, "ours");
    private static final CloseStatus PEERS = new CloseStatus(CloseStatus.GOING_AWAY, "peer's");
    private static final CloseStatus TOO_BIG = new CloseStatus(CloseStatus.TOO_BIG, "too big");
    private static final CloseStatus BROKEN = new CloseStatus(CloseStatus.PROTOCOL_ERROR, "broken");

    private final SessionState state = new SessionState();

    private void assertIs(Phase phase, CloseStatus status, PeerEnd peerEnd) {
        assertThat(state.phase()).isEqualTo(phase);
        assertThat(state.status()).isEqualTo(status);
        assertThat(state.peerEnd()).isEqualTo(peerEnd);
    }

    @Test
    void thePeerClosesFirst() {
        state.receiverStarted();
        assertThat(state.endPeer(PeerEnd.CLOSE_FRAME, PEERS)).isTrue();
        assertIs(Phase.ENDING, PEERS, PeerEnd.CLOSE_FRAME);
        assertThat(state.isReceiverStopped()).as("it receives the rest").isFalse();
        assertThat(state.isReceiverDue()).isTrue();
        assertThat(state.close(OURS)).as("the peer's status stays").isFalse();
        assertThat(state.answerPeer()).isTrue();
        assertThat(state.answerPeer()).as("only one answer").isFalse();
        assertThat(state.closeSent()).isTrue();
        assertIs(Phase.CLOSE_SENT, PEERS, PeerEnd.CLOSE_FRAME);
    }

    @Test
    void weCloseFirst() {
        assertThat(state.close(OURS)).isTrue();
        assertThat(state.isReceiverStopped()).isTrue();
        assertThat(state.endPeer(PeerEnd.CLOSE_FRAME, PEERS)).isFalse();
        assertIs(Phase.CLOSING, OURS, PeerEnd.CLOSE_FRAME);
        assertThat(state.answerPeer()).as("the close frame is due already").isFalse();
        assertThat(state.closeSent()).isTrue();
        assertThat(state.closeSent()).isFalse();
    }

    @Test
    void aSessionThatNeverReceivesIsNotWaitedFor() {
        assertThat(state.isReceiverDue()).isFalse();
        state.passedOn();
        assertThat(state.isReceiverDue()).as("data waits").isTrue();
        state.received();
        assertThat(state.isReceiverDue()).isFalse();
    }

    @Test
    void aViolationOverridesAnEndThatIsNotAnsweredYet() {
        state.endPeer(PeerEnd.CLOSE_FRAME, PEERS);
        assertThat(state.endPeer(PeerEnd.END_OF_INPUT, OURS)).isFalse();
        assertIs(Phase.ENDING, PEERS, PeerEnd.END_OF_INPUT);
        assertThat(state.stopReceiver(TOO_BIG)).isTrue();
        assertIs(Phase.ENDING, TOO_BIG, PeerEnd.VIOLATION);
        assertThat(state.isReceiverStopped()).isTrue();
        state.endPeer(PeerEnd.CLOSE_FRAME, PEERS);
        assertIs(Phase.ENDING, TOO_BIG, PeerEnd.VIOLATION);
    }

    @Test
    void theFirstOfTwoViolationsThatTheLoopFindsCounts() {
        assertThat(state.endPeer(PeerEnd.VIOLATION, BROKEN)).isTrue();
        assertThat(state.stopReceiver(TOO_BIG)).isTrue();
        assertIs(Phase.ENDING, BROKEN, PeerEnd.VIOLATION);
    }

    @Test
    void aViolationThatTheReceiverFindsLateChangesNoStatus() {
        state.close(OURS);
        assertThat(state.stopReceiver(TOO_BIG)).isFalse();
        assertIs(Phase.CLOSING, OURS, PeerEnd.NONE);
    }

    @Test
    void aLostConnectionEndsEveryPhase() {
        state.disconnect();
        assertThat(state.status().code()).isEqualTo(CloseStatus.ABNORMAL);
        assertThat(state.isClosing()).isTrue();
        assertThat(state.isCloseSent()).isTrue();
        assertThat(state.close(OURS)).isFalse();
        assertThat(state.endPeer(PeerEnd.CLOSE_FRAME, PEERS)).isFalse();
        assertThat(state.answerPeer()).isFalse();
        assertThat(state.closeSent()).isFalse();
    }
}
