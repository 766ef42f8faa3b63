package io.tardy.testsuite.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.AbstractSocketReuseFdTest;
import io.netty.testsuite.transport.socket.AbstractSocketShutdownOutputByPeerTest;
import io.netty.testsuite.transport.socket.SocketAddressesTest;
import io.netty.testsuite.transport.socket.SocketEchoTest;
import io.netty.testsuite.transport.socket.SocketFileRegionTest;
import io.netty.testsuite.transport.socket.SocketFixedLengthEchoTest;
import io.netty.testsuite.transport.socket.SocketGatheringWriteTest;
import io.netty.testsuite.transport.socket.SocketObjectEchoTest;
import io.netty.testsuite.transport.socket.SocketSslClientRenegotiateTest;
import io.netty.testsuite.transport.socket.SocketSslEchoTest;
import io.netty.testsuite.transport.socket.SocketSslGreetingTest;
import io.netty.testsuite.transport.socket.SocketStartTlsTest;
import io.netty.testsuite.transport.socket.SocketStringEchoTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Netty's tests of stream sockets of the Unix domain, each on the run's bootstraps. */
final class DomainSuite {

    private DomainSuite() {}

    static class Addresses extends SocketAddressesTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }

        @Override
        protected void assertAddress(SocketAddress address) {
            // A client that was bound to no name has an empty one.
            assertThat(Run.WIRE.domainPath(address)).isNotNull();
        }
    }

    static class Echo extends SocketEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class FileRegion extends SocketFileRegionTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }

        @Override
        protected boolean supportsCustomFileRegion() {
            return Run.WIRE.hasCustomFileRegion();
        }
    }

    static class FixedLengthEcho extends SocketFixedLengthEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class GatheringWrite extends SocketGatheringWriteTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class ObjectEcho extends SocketObjectEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class ReuseFd extends AbstractSocketReuseFdTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class ShutdownOutputByPeer
            extends AbstractSocketShutdownOutputByPeerTest<SocketChannel> {

        /**
         * Takes milliseconds, or for ever: with io_uring and the JDK's channels it does not pass on
         * stock Netty either. Netty's own limit of 30 s would be most of the time of the suite.
         */
        @Test
        @Timeout(5)
        @Override
        public void testShutdownOutput(TestInfo testInfo) throws Throwable {
            super.testShutdownOutput(testInfo);
        }

        @Override
        protected List<BootstrapFactory<ServerBootstrap>> newFactories() {
            return Run.domainServers();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }

        @Override
        protected SocketChannel newSocket() {
            try {
                return SocketChannel.open(StandardProtocolFamily.UNIX);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        protected void connect(SocketChannel socket, SocketAddress address) throws IOException {
            socket.connect(UnixDomainSocketAddress.of(Run.WIRE.domainPath(address)));
        }

        @Override
        protected void write(SocketChannel socket, int data) throws IOException {
            socket.write(ByteBuffer.wrap(new byte[] {(byte) data}));
        }

        @Override
        protected void shutdownOutput(SocketChannel socket) throws IOException {
            socket.shutdownOutput();
        }

        @Override
        protected void close(SocketChannel socket) throws IOException {
            socket.close();
        }
    }

    static class SslClientRenegotiate extends SocketSslClientRenegotiateTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class SslEcho extends SocketSslEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class SslGreeting extends SocketSslGreetingTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class StartTls extends SocketStartTlsTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }

    static class StringEcho extends SocketStringEchoTest {
        @Override
        protected List<BootstrapComboFactory<ServerBootstrap, Bootstrap>> newFactories() {
            return Run.domain();
        }

        @Override
        protected SocketAddress newSocketAddress() {
            return DomainPaths.newAddress();
        }
    }
}
