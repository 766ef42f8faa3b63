package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link Echo} with the options of the launcher. */
@Command(
        name = "echo",
        description = "A server that sends back what it receives.",
        mixinStandardHelpOptions = true)
final class EchoCommand implements Callable<Integer> {

    @Mixin private ServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serve(Echo::start);
        return 0;
    }
}
