package io.tardy.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.channel.IoHandlerFactory;
import io.tardy.aio.AsyncType;
import io.tardy.aio.OpenSocket;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TransportUnavailableException;
import io.tardy.spi.AsyncBackend;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Transport;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TransportChoiceTest {

    /** A transport that can only say whether it works. */
    private record Claim(AsyncType type, String reason) implements Transport {
        @Override
        public Optional<String> unavailableBecause() {
            return Optional.ofNullable(reason);
        }

        @Override
        public IoHandlerFactory ioHandlerFactory(int aioReapMax) {
            throw new AssertionError();
        }

        @Override
        public AsyncBackend newBackend(BackendContext context) {
            throw new AssertionError();
        }

        @Override
        public OpenSocket openSocket(SocketKind kind) {
            throw new AssertionError();
        }
    }

    private static final Transport URING_BROKEN =
            new Claim(AsyncType.IO_URING, "the sysctl kernel.io_uring_disabled forbids it");
    private static final Transport EPOLL = new Claim(AsyncType.EPOLL, null);

    @Test
    @EnabledOnOs(OS.LINUX)
    void autoTakesTheBestThatWorksAndSaysWhyNotABetterOne() {
        TransportChoice choice =
                TransportChoice.auto(
                        Map.of(AsyncType.IO_URING, URING_BROKEN, AsyncType.EPOLL, EPOLL));
        assertThat(choice.transport()).isSameAs(EPOLL);
        assertThat(choice.refused())
                .singleElement()
                .hasToString(
                        "io_uring was refused: the sysctl kernel.io_uring_disabled forbids it");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void autoWithNothingThatWorksNamesEveryCause() {
        assertThatExceptionOfType(TransportUnavailableException.class)
                .isThrownBy(() -> TransportChoice.auto(Map.of(AsyncType.IO_URING, URING_BROKEN)))
                .withMessageContaining("kernel.io_uring_disabled")
                .withMessageContaining("io.tardy:tardy-transport-epoll");
    }

    @Test
    void oneThatIsNamedIsNeverReplaced() {
        assertThatExceptionOfType(TransportUnavailableException.class)
                .isThrownBy(
                        () ->
                                TransportChoice.named(
                                        AsyncType.IO_URING,
                                        Map.of(
                                                AsyncType.IO_URING,
                                                URING_BROKEN,
                                                AsyncType.EPOLL,
                                                EPOLL)))
                .withMessage(
                        "transport io_uring is not available: the sysctl kernel.io_uring_disabled"
                                + " forbids it");
    }

    @Test
    void oneThatIsNotThereNamesItsArtifact() {
        assertThatExceptionOfType(TransportUnavailableException.class)
                .isThrownBy(() -> TransportChoice.named(AsyncType.KQUEUE, Map.of()))
                .withMessageContaining("io.tardy:tardy-transport-kqueue");
    }
}
