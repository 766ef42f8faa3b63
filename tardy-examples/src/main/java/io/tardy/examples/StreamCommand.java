package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link StreamExample} with the options of the launcher. */
@Command(
        name = "stream",
        description =
                "A server that keeps what it receives in a file, and sends it back at its end.",
        mixinStandardHelpOptions = true)
final class StreamCommand implements Callable<Integer> {

    @Mixin private ServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serve(StreamExample::start);
        return 0;
    }
}
