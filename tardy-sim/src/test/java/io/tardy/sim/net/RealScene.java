package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** On the JDK's channels, in the system's network. */
final class RealScene extends Scene {

    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(20);

    RealScene(Path directory) {
        super(SelectorProvider.provider(), directory);
    }

    @Override
    void await(SelectableChannel channel, int operation) throws IOException {
        try (Selector selector = provider.openSelector()) {
            channel.register(selector, operation);
            assertThat(selector.select(WAIT_MILLIS)).isOne();
        }
    }

    @Override
    void delete(Path path) throws IOException {
        Files.delete(path);
    }
}
