package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@link Channel} with the options of the launcher. */
@Command(
        name = "channel",
        description = "Messages from one runtime to another (try --runtimes 2).",
        mixinStandardHelpOptions = true)
final class ChannelCommand implements Callable<Integer> {

    @Mixin private RuntimeOptions runtime;

    @Option(names = "--messages", description = "How many messages (default: 1000000).")
    private int messages = 1_000_000;

    @Override
    public Integer call() throws IOException {
        try (var tardy = runtime.tardy().build()) {
            Channel.run(tardy, messages);
        }
        return 0;
    }
}
