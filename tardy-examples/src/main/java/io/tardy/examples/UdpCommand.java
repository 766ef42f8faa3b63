package io.tardy.examples;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@link UdpEcho} with the options of the launcher. */
@Command(
        name = "udp",
        description = "A server that sends each datagram back.",
        mixinStandardHelpOptions = true)
final class UdpCommand implements Callable<Integer> {

    @Mixin private ServerOptions server;

    @Override
    public Integer call() throws IOException {
        server.serveDatagrams(UdpEcho::start);
        return 0;
    }
}
