package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecvSizeTest {

    @Test
    void filledBuffersGrowItToABound() {
        RecvSize size = new RecvSize();
        for (int i = 0; i < 20; i++) {
            size.received(size.bytes());
        }
        assertThat(size.bytes()).isEqualTo(32 * 1024);
    }

    @Test
    void smallReceivesShrinkItToABoundAndNotAtOnce() {
        RecvSize size = new RecvSize();
        size.received(1);
        assertThat(size.bytes()).isEqualTo(2048);
        for (int i = 0; i < 40; i++) {
            size.received(1);
        }
        assertThat(size.bytes()).isEqualTo(64);
    }

    @Test
    void aSteadySizeStays() {
        RecvSize size = new RecvSize();
        for (int i = 0; i < 40; i++) {
            size.received(1500);
        }
        assertThat(size.bytes()).isEqualTo(2048);
    }
}
