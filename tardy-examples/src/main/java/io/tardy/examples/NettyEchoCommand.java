package io.tardy.examples;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link NettyEcho} with the options of the launcher. */
@Command(
        name = "netty-echo",
        description =
                "An ordinary Netty server, on Tardy's loops, that sends back what it receives.",
        mixinStandardHelpOptions = true)
final class NettyEchoCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Override
    public Integer call() throws Exception {
        server.serve(new NettyEcho.Echo());
        return 0;
    }
}
