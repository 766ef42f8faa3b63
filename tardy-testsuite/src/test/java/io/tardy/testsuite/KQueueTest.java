package io.tardy.testsuite;

import io.tardy.aio.AsyncType;
import io.tardy.spi.Transport;
import java.util.ServiceLoader;
import org.junit.jupiter.api.condition.EnabledIf;

/** The contracts on kqueue, where there is one. */
@EnabledIf(
        value = "isAvailable",
        disabledReason = "kqueue is for macOS and the BSDs, with Netty's native library")
class KQueueTest implements TransportContract, UnixDatagramContract {

    static boolean isAvailable() {
        return ServiceLoader.load(Transport.class).stream()
                .map(ServiceLoader.Provider::get)
                .anyMatch(
                        transport ->
                                transport.type() == AsyncType.KQUEUE
                                        && transport.unavailableBecause().isEmpty());
    }

    @Override
    public AsyncType transport() {
        return AsyncType.KQUEUE;
    }
}
