package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link WebSocketEcho} with the options of the launcher. */
@Command(
        name = "websocket-echo",
        description = "A WebSocket server that sends back every message.",
        mixinStandardHelpOptions = true)
final class WebSocketEchoCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serve(WebSocketEcho.server());
        return 0;
    }
}
