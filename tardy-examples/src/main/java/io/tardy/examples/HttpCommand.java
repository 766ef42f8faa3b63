package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link Http} with the options of the launcher. */
@Command(
        name = "http",
        description = "An HTTP server on sockets alone.",
        mixinStandardHelpOptions = true)
final class HttpCommand implements Callable<Integer> {

    @Mixin private ServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serve(Http::start);
        return 0;
    }
}
