package io.tardy.websocket;

/**
 * The state of a session: how far the connection has closed, how the peer's direction has ended,
 * and whether a frame receives.
 *
 * <p>A session only moves forward:
 *
 * <pre>
 * OPEN -> ENDING         the peer's direction has ended: the frame receives what came before the end
 * OPEN -> CLOSING        we close first: nothing more is received
 * ENDING -> CLOSING      the frame has received everything, has found a violation, or is late
 * CLOSING -> CLOSE_SENT  the close frame is written
 * any -> CLOSED          the connection is gone
 * </pre>
 *
 * <p>Only the loop's thread changes the state. Every thread may call {@link #status} and {@link
 * #isClosing}.
 */
final class SessionState {

    /** In the order of a session's life. */
    enum Phase {
        OPEN,
        ENDING,
        CLOSING,
        CLOSE_SENT,
        CLOSED
    }

    /** How the peer's direction has ended. A later constant overrides an earlier one. */
    enum PeerEnd {
        NONE,
        CLOSE_FRAME,
        END_OF_INPUT,
        VIOLATION
    }

    /** Whether a frame receives. */
    private enum Receiver {
        /** The frame has not called {@code receive} yet, and may never do so. */
        ABSENT,
        PRESENT,

        /** Data that is still queued is never received. */
        STOPPED
    }

    private volatile Phase phase = Phase.OPEN;
    private volatile CloseStatus status;

    private PeerEnd peerEnd = PeerEnd.NONE;
    private Receiver receiver = Receiver.ABSENT;

    /** Data frames that were passed on to the receiver and not received yet. */
    private int unreceived;

    Phase phase() {
        return phase;
    }

    /** Null while the connection is open. */
    CloseStatus status() {
        return status;
    }

    PeerEnd peerEnd() {
        return peerEnd;
    }

    /** Neither side has closed. */
    boolean isOpen() {
        return phase == Phase.OPEN;
    }

    /** Sends come too late: the close frame is due or written, or the connection is gone. */
    boolean isClosing() {
        return phase.compareTo(Phase.CLOSING) >= 0;
    }

    /** Nothing may be written any more. */
    boolean isCloseSent() {
        return phase.compareTo(Phase.CLOSE_SENT) >= 0;
    }

    // The receiver.

    /** A frame has called {@code receive}. */
    void receiverStarted() {
        if (receiver == Receiver.ABSENT) {
            receiver = Receiver.PRESENT;
        }
    }

    /** A data frame goes on to the receiver. */
    void passedOn() {
        unreceived++;
    }

    /** The receiver has taken a data frame. */
    void received() {
        unreceived--;
    }

    boolean isReceiverStopped() {
        return receiver == Receiver.STOPPED;
    }

    /** The end has to wait for a frame that receives, or that has data to receive. */
    boolean isReceiverDue() {
        return unreceived > 0 || receiver != Receiver.ABSENT;
    }

    // Transitions.

    /**
     * We close first.
     *
     * @return false if the session was not open
     */
    boolean close(CloseStatus with) {
        if (phase != Phase.OPEN) {
            return false;
        }
        status = with;
        receiver = Receiver.STOPPED;
        phase = Phase.CLOSING;
        return true;
    }

    /**
     * The peer's direction has ended. A violation replaces the status of an orderly end that has
     * not been answered.
     *
     * @return true if this ended an open session: the receiver must be told
     */
    boolean endPeer(PeerEnd how, CloseStatus with) {
        boolean wasOpen = isOpen();
        boolean overrides = how == PeerEnd.VIOLATION && peerEnd != PeerEnd.VIOLATION;
        if (wasOpen || overrides && phase == Phase.ENDING) {
            status = with;
            phase = Phase.ENDING;
        }
        if (how.compareTo(peerEnd) > 0) {
            peerEnd = how;
        }
        return wasOpen;
    }

    /**
     * The receiver has found a violation: it receives nothing behind it.
     *
     * @return false if the close frame was already due
     */
    boolean stopReceiver(CloseStatus violation) {
        receiver = Receiver.STOPPED;
        if (isClosing()) {
            return false;
        }
        endPeer(PeerEnd.VIOLATION, violation);
        return true;
    }

    /**
     * The peer's end is answered.
     *
     * @return false if there is no such end, or the close frame was already due
     */
    boolean answerPeer() {
        if (phase != Phase.ENDING) {
            return false;
        }
        phase = Phase.CLOSING;
        return true;
    }

    /**
     * The close frame is written.
     *
     * @return false if the connection is gone
     */
    boolean closeSent() {
        if (phase != Phase.CLOSING) {
            return false;
        }
        phase = Phase.CLOSE_SENT;
        return true;
    }

    /** The connection is gone. */
    void disconnect() {
        if (status == null) {
            status = new CloseStatus(CloseStatus.ABNORMAL, "");
        }
        phase = Phase.CLOSED;
    }
}
