package io.tardy.sim.net;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.util.Set;

/** A channel of a simulated node: what its selectors, and the node itself, need of it. */
interface SimChannel extends NetworkChannel {

    OptionValues options();

    /** Who waits for it. */
    Watch watch();

    /** What it is ready for now; as of {@code SelectionKey}, of all that it can be asked for. */
    int readyOps();

    /** What it is, for people: the same text in every run. */
    String description();

    default void requireOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    default <T> T getOption(SocketOption<T> option) throws IOException {
        requireOpen();
        return options().get(option);
    }

    @Override
    default Set<SocketOption<?>> supportedOptions() {
        return options().supported();
    }

    /** Closes it because its process has died; what goes out is up to the kernel. */
    default void kill() {
        try {
            close();
        } catch (IOException e) {
            throw new AssertionError(e); // simulated channels throw none
        }
    }
}
