package io.tardy.net;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** Where the engine of a connection comes from. */
interface TlsEngines {

    /**
     * The engine of a client.
     *
     * @param host whom it calls
     */
    SSLEngine client(ByteBufAllocator allocator, String host, int port);

    SSLEngine server(ByteBufAllocator allocator);

    /** Whether an engine can be told its application protocols. */
    boolean takesApplicationProtocols();

    /** The JDK's. */
    record OfJdk(SSLContext context) implements TlsEngines {

        public OfJdk {
            Objects.requireNonNull(context);
        }

        @Override
        public SSLEngine client(ByteBufAllocator allocator, String host, int port) {
            SSLEngine engine = context.createSSLEngine(host, port);
            engine.setUseClientMode(true);
            return engine;
        }

        @Override
        public SSLEngine server(ByteBufAllocator allocator) {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        }

        @Override
        public boolean takesApplicationProtocols() {
            return true;
        }
    }

    /** Netty's, which may be OpenSSL's. Its library is optional: only who has a context has it. */
    record OfNetty(SslContext context) implements TlsEngines {

        public OfNetty {
            Objects.requireNonNull(context);
        }

        @Override
        public SSLEngine client(ByteBufAllocator allocator, String host, int port) {
            requireRole(context.isClient(), "a client", "forClient");
            return context.newEngine(allocator, host, port);
        }

        @Override
        public SSLEngine server(ByteBufAllocator allocator) {
            requireRole(context.isServer(), "a server", "forServer");
            return context.newEngine(allocator);
        }

        private static void requireRole(boolean has, String role, String builder) {
            if (!has) {
                throw new IllegalStateException(
                        "this SslContext is not for "
                                + role
                                + ": use SslContextBuilder."
                                + builder);
            }
        }

        @Override
        public boolean takesApplicationProtocols() {
            return false;
        }
    }
}
