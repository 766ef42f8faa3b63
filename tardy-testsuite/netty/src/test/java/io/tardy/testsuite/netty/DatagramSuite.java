package io.tardy.testsuite.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapFactory;
import io.netty.testsuite.transport.socket.DatagramConnectNotExistsTest;
import io.netty.testsuite.transport.socket.DatagramConnectedWriteExceptionTest;
import io.netty.testsuite.transport.socket.DatagramMulticastIPv6Test;
import io.netty.testsuite.transport.socket.DatagramMulticastTest;
import io.netty.testsuite.transport.socket.DatagramUnicastIPv6MappedTest;
import io.netty.testsuite.transport.socket.DatagramUnicastIPv6Test;
import io.netty.testsuite.transport.socket.DatagramUnicastInetTest;
import java.util.List;
import org.junit.jupiter.api.Disabled;

/** Netty's tests of datagram channels, each on the run's bootstraps. */
final class DatagramSuite {

    private static final String LEAVES_LOOPBACK = "multicast would leave the loopback interface";

    private DatagramSuite() {}

    static class UnicastInet extends DatagramUnicastInetTest {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return Run.datagram(socketInternetProtocalFamily());
        }
    }

    static class UnicastIPv6 extends DatagramUnicastIPv6Test {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return Run.datagram(socketInternetProtocalFamily());
        }
    }

    static class UnicastIPv6Mapped extends DatagramUnicastIPv6MappedTest {
        @Override
        protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
            return Run.datagram(socketInternetProtocalFamily());
        }
    }

    static class ConnectNotExists extends DatagramConnectNotExistsTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return Run.datagramClients();
        }
    }

    static class ConnectedWriteException extends DatagramConnectedWriteExceptionTest {
        @Override
        protected List<BootstrapFactory<Bootstrap>> newFactories() {
            return Run.datagramClients();
        }
    }

    @Disabled(LEAVES_LOOPBACK)
    static class Multicast extends DatagramMulticastTest {}

    @Disabled(LEAVES_LOOPBACK)
    static class MulticastIPv6 extends DatagramMulticastIPv6Test {}
}
