package io.tardy.examples;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link NettyHttp} with the options of the launcher. */
@Command(
        name = "netty-http",
        description = "An ordinary Netty HTTP server, on Tardy's loops.",
        mixinStandardHelpOptions = true)
final class NettyHttpCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Override
    public Integer call() throws Exception {
        server.serve(new NettyHttp());
        return 0;
    }
}
