package io.tardy.examples;

import io.tardy.examples.gateway.FrameGateway;
import io.tardy.examples.gateway.Gateway;
import io.tardy.examples.gateway.Limits;
import io.tardy.examples.gateway.NettyGateway;
import java.net.InetSocketAddress;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options of the gateways. */
final class GatewayOptions {

    @Option(
            names = "--backend",
            required = true,
            paramLabel = "HOST:PORT",
            description = "The HTTP server that is asked.",
            converter = ProxyCommand.TargetConverter.class)
    private InetSocketAddress backend;

    @Option(
            names = "--backend-timeout",
            paramLabel = "MS",
            description = "How long an answer of the backend may take, in ms (default: 5000).")
    private int timeoutMs = (int) Limits.DEFAULT.timeout().toMillis();

    @Option(
            names = "--backend-connections",
            paramLabel = "N",
            description =
                    "How many connections to the backend each runtime may have (default: 128).")
    private int connections = Limits.DEFAULT.connectionsMax();

    Gateway onSockets(Health health) {
        return new Gateway(backend, limits(), health);
    }

    FrameGateway onFrames(Health health) {
        return new FrameGateway(backend, limits(), health);
    }

    NettyGateway onCallbacks(Health health) {
        return new NettyGateway(backend, limits(), health);
    }

    private Limits limits() {
        if (timeoutMs < 1) {
            throw new IllegalStateException("--backend-timeout " + timeoutMs + " is less than 1");
        }
        if (connections < 1) {
            throw new IllegalStateException(
                    "--backend-connections " + connections + " is less than 1");
        }
        return Limits.DEFAULT
                .within(Duration.ofMillis(timeoutMs))
                .connections(connections, Limits.DEFAULT.waitersMax());
    }
}
