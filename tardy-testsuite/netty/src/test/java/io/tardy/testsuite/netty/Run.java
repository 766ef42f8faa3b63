package io.tardy.testsuite.netty;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import java.util.List;
import java.util.function.Function;

/**
 * What this JVM runs the suite on, from the properties {@code tardy.netty.sides} and {@code
 * tardy.netty.transport}: who is at the two ends, and over which transport. The suites' {@code
 * newFactories} ask here.
 *
 * <p>In a mixed run Tardy is the server of stock clients first, then the client of stock servers. A
 * test with a single channel of Netty's has Tardy's then.
 */
final class Run {

    static final String SIDES = System.getProperty("tardy.netty.sides", "tardy");
    static final Wire WIRE = Wire.of(System.getProperty("tardy.netty.transport", "epoll"));

    private static final List<Ends> ENDS = ends();

    /** The two ends of a connection; of two datagram channels too. */
    record Ends(Provider server, Provider client) {}

    private Run() {}

    private static List<Ends> ends() {
        Provider stock = StockProvider.of(WIRE);
        Provider tardy = TardyProvider.of(WIRE);
        return switch (SIDES) {
            case "stock" -> List.of(new Ends(stock, stock));
            case "tardy" -> List.of(new Ends(tardy, tardy));
            case "mixed" -> List.of(new Ends(tardy, stock), new Ends(stock, tardy));
            default -> throw new IllegalArgumentException("tardy.netty.sides: " + SIDES);
        };
    }

    static List<Ends> allEnds() {
        return ENDS;
    }

    /**
     * The provider of a test that has only one: of the first server, which is never stock in a
     * mixed run.
     */
    static Provider single() {
        return ENDS.getFirst().server();
    }

    static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> tcp() {
        return combos(Run::tcpServer, Run::tcpClient);
    }

    static List<BootstrapFactory<ServerBootstrap>> tcpServers() {
        return List.of(() -> tcpServer(single()));
    }

    static List<BootstrapFactory<Bootstrap>> tcpClients() {
        return List.of(() -> tcpClient(single()));
    }

    static List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> domain() {
        return combos(Run::domainServer, Run::domainClient);
    }

    static List<BootstrapFactory<ServerBootstrap>> domainServers() {
        return List.of(() -> domainServer(single()));
    }

    static List<BootstrapComboFactory<Bootstrap, Bootstrap>> datagram(SocketProtocolFamily family) {
        return combos(
                provider -> datagram(provider, family), provider -> datagram(provider, family));
    }

    static List<BootstrapFactory<Bootstrap>> datagramClients() {
        return List.of(
                () -> new Bootstrap().group(single().group()).channel(single().datagramChannel()));
    }

    private static <S extends AbstractBootstrap<?, ?>, C extends AbstractBootstrap<?, ?>>
            List<BootstrapComboFactory<S, C>> combos(
                    Function<Provider, S> server, Function<Provider, C> client) {
        return ENDS.stream().map(ends -> combo(ends, server, client)).toList();
    }

    private static <S extends AbstractBootstrap<?, ?>, C extends AbstractBootstrap<?, ?>>
            BootstrapComboFactory<S, C> combo(
                    Ends ends, Function<Provider, S> server, Function<Provider, C> client) {
        return new BootstrapComboFactory<>() {
            @Override
            public S newServerInstance() {
                return server.apply(ends.server());
            }

            @Override
            public C newClientInstance() {
                return client.apply(ends.client());
            }
        };
    }

    private static ServerBootstrap tcpServer(Provider provider) {
        return new ServerBootstrap()
                .group(provider.group())
                .channel(provider.serverSocketChannel());
    }

    private static Bootstrap tcpClient(Provider provider) {
        return new Bootstrap().group(provider.group()).channel(provider.socketChannel());
    }

    private static ServerBootstrap domainServer(Provider provider) {
        return new ServerBootstrap()
                .group(provider.group())
                .channel(provider.serverDomainSocketChannel());
    }

    private static Bootstrap domainClient(Provider provider) {
        return new Bootstrap().group(provider.group()).channel(provider.domainSocketChannel());
    }

    private static Bootstrap datagram(Provider provider, SocketProtocolFamily family) {
        return new Bootstrap()
                .group(provider.group())
                .channelFactory(() -> provider.newDatagramChannel(family));
    }
}
