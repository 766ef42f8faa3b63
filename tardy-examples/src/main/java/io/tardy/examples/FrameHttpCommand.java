package io.tardy.examples;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link FrameHttp} with the options of the launcher. */
@Command(
        name = "frame-http",
        description = "The same HTTP server with a frame for each connection.",
        mixinStandardHelpOptions = true)
final class FrameHttpCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Override
    public Integer call() throws Exception {
        server.serve(new FrameHttp());
        return 0;
    }
}
