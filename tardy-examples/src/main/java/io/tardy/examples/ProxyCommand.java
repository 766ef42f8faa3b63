package io.tardy.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@link Proxy} with the options of the launcher. */
@Command(
        name = "proxy",
        description = "Passes connections on to another server.",
        mixinStandardHelpOptions = true)
final class ProxyCommand implements Callable<Integer> {

    @Mixin private ServerOptions server;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "HOST:PORT",
            description = "The server to pass connections on to.",
            converter = TargetConverter.class)
    private InetSocketAddress target;

    @Override
    public Integer call() throws IOException {
        server.serve(new Proxy(target)::start);
        return 0;
    }

    static final class TargetConverter implements ITypeConverter<InetSocketAddress> {
        @Override
        public InetSocketAddress convert(String value) {
            int colon = value.lastIndexOf(':');
            InetSocketAddress address =
                    new InetSocketAddress(value.substring(0, Math.max(colon, 0)), port(value));
            if (colon <= 0 || address.isUnresolved()) {
                throw new TypeConversionException("'" + value + "' is no known host and a port");
            }
            return address;
        }

        private static int port(String value) {
            try {
                int port = Integer.parseInt(value.substring(value.lastIndexOf(':') + 1));
                if (port > 0 && port <= 65535) {
                    return port;
                }
            } catch (NumberFormatException e) {
                // reported like a port that is too large
            }
            throw new TypeConversionException(
                    "'" + value + "' ends in no port: use HOST:PORT, with 1 to 65535");
        }
    }
}
