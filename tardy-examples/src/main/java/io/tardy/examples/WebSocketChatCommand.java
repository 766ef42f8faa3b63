package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link WebSocketChat} with the options of the launcher. */
@Command(
        name = "websocket",
        description = "A chat with rooms, and its page: open the address in browsers.",
        mixinStandardHelpOptions = true)
final class WebSocketChatCommand implements Callable<Integer> {

    @Mixin private NettyServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serve(new WebSocketChat().server());
        return 0;
    }
}
