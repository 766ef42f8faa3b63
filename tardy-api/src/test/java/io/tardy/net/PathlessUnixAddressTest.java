package io.tardy.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.PathlessUnixAddress;
import org.junit.jupiter.api.Test;

class PathlessUnixAddressTest {

    @Test
    void itSaysWhatItIs() {
        assertThat(PathlessUnixAddress.ofAbstract("dbus-1")).hasToString("@dbus-1");
        assertThat(PathlessUnixAddress.ofAbstract(new byte[] {'a', 0, ' ', '\\', (byte) 0xff}))
                .hasToString("@a\\x00\\x20\\x5c\\xff");
        assertThat(PathlessUnixAddress.UNNAMED).hasToString("unnamed");
    }

    @Test
    void twoOfTheSameNameAreEqual() {
        PathlessUnixAddress address = PathlessUnixAddress.ofAbstract(new byte[] {1, 2});
        assertThat(PathlessUnixAddress.ofAbstract(address.name()))
                .isEqualTo(address)
                .hasSameHashCodeAs(address);
        assertThat(PathlessUnixAddress.ofAbstract("")).isNotEqualTo(PathlessUnixAddress.UNNAMED);
        assertThat(PathlessUnixAddress.UNNAMED.isUnnamed()).isTrue();
        assertThat(address.isUnnamed()).isFalse();
    }
}
