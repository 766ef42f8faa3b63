package io.tardy.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.file.Path;

/** On the channels of a simulated host. */
final class SimulatedScene extends Scene {
    private final World world;

    SimulatedScene(World world, Path directory) {
        super(world.a.provider(), directory);
        this.world = world;
    }

    @Override
    void await(SelectableChannel channel, int operation) throws IOException {
        world.settle();
        try (Selector selector = provider.openSelector()) {
            channel.register(selector, operation);
            assertThat(selector.selectNow()).isOne();
        }
    }

    @Override
    void delete(Path path) throws IOException {
        ((SimProvider) provider).delete(path);
    }

    @Override
    void turn() {
        world.settle();
    }
}
