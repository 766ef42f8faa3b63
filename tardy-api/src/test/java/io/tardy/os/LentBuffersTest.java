package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class LentBuffersTest {

    private final LentBuffers buffers = new LentBuffers(false);
    private final Object holder = new Object();

    private LentBuffer lend(int state) {
        LentBuffer lent = buffers.take();
        lent.lend(holder, state, 4);
        return lent;
    }

    @Test
    void whatIsGivenBackIsLentNextAndEmptyUntilThen() {
        LentBuffer lent = lend(0);
        ByteBuffer view = lent.view();
        assertThat(view.remaining()).isEqualTo(4);
        lent.giveBack(holder, 0);
        assertThat(view.hasRemaining()).isFalse();
        assertThat(buffers.take()).isSameAs(lent);
    }

    @Test
    void onlyTheHolderGivesItBackAndOnce() {
        LentBuffer lent = lend(0);
        lent.giveBack(new Object(), 0);
        assertThat(buffers.take()).isNotSameAs(lent);
        lent.giveBack(holder, 0);
        lent.giveBack(holder, 0);
        assertThat(buffers.take()).isSameAs(lent);
        assertThat(buffers.take()).isNotSameAs(lent);
    }

    /** A frame was torn away from an operation meanwhile, which may be one on this buffer. */
    @Test
    void whatTheSystemMayStillUseIsNotLentAgain() {
        LentBuffer lent = lend(0);
        lent.giveBack(holder, 1);
        assertThat(buffers.take()).isNotSameAs(lent);
        LentBuffer next = lend(1);
        next.giveBack(holder, 1);
        assertThat(buffers.take()).isSameAs(next);
    }

    /** Who keeps the one finds nothing in it, whoever has the memory. */
    @Test
    void whatIsGivenBackForGoodIsAnotherBufferWhenItIsLentAgain() {
        LentBuffer lent = lend(0);
        ByteBuffer kept = lent.view();
        lent.giveBackForGood(new Object(), 0);
        assertThat(kept.remaining()).isEqualTo(4);
        lent.giveBackForGood(holder, 0);
        assertThat(kept.hasRemaining()).isFalse();
        assertThat(buffers.take()).isSameAs(lent);
        ByteBuffer again = lent.lend(holder, 0, 9);
        assertThat(again.remaining()).isEqualTo(9);
        assertThat(kept.hasRemaining()).isFalse();
    }
}
