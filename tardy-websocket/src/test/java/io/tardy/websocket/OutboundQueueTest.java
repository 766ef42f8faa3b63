package io.tardy.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Offers to a queue that has been full. */
class OutboundQueueTest {

    private static final int ROOM_FOR_TWO = 2 * (10 + OutboundQueue.HEADER_BYTES);

    private static OutboundQueue full(OverflowPolicy overflow) {
        OutboundQueue queue = new OutboundQueue(ROOM_FOR_TWO, overflow);
        assertThat(queue.offer("first", 10)).isTrue();
        assertThat(queue.offer("second", 10)).isTrue();
        return queue;
    }

    /** The loop may make room before it learns of the overflow; the peer must not see a gap. */
    @Test
    void nothingFollowsAMessageThatOverflowed() {
        OutboundQueue queue = full(OverflowPolicy.CLOSE_1013);
        assertThat(queue.offer("third", 10)).isFalse();
        assertThat(queue.poll()).isEqualTo("first");
        assertThat(queue.offer("fourth", 10)).isFalse();
        assertThat(queue.poll()).isEqualTo("second");
        assertThat(queue.poll()).isNull();
        assertThat(queue.dropped()).isEqualTo(2);
    }

    @Test
    void theOtherPoliciesAcceptMessagesAgain() {
        OutboundQueue newest = full(OverflowPolicy.DROP_NEWEST);
        assertThat(newest.offer("third", 10)).isFalse();
        assertThat(newest.poll()).isEqualTo("first");
        assertThat(newest.offer("fourth", 10)).isTrue();
        OutboundQueue oldest = full(OverflowPolicy.DROP_OLDEST);
        assertThat(oldest.offer("third", 10)).isTrue();
        assertThat(oldest.poll()).isEqualTo("second");
        assertThat(oldest.poll()).isEqualTo("third");
    }
}
