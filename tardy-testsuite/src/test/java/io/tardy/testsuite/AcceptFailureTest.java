package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** An accept that fails, for one connection or for no reason of ours, ends no server. */
class AcceptFailureTest implements TransportFixture {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }

    @Override
    public Tardy.Builder tardy(int runtimes) {
        return Tardy.builder()
                .async(new BrokenTransport(BrokenTransport.Fault.FAILED_ACCEPTS))
                .threading(Threading.multi(runtimes));
    }

    @Test
    void acceptsThatFailForOneConnectionDoNotEndServe() throws Exception {
        inFrame(
                rt -> {
                    try (Socket listener = TransportFixture.listenAnywhere()) {
                        Frame<Void> serving =
                                AcceptContract.serving(
                                        listener, peer -> peer.sendAll(ByteBuffer.allocate(1)));
                        try (Socket client = TransportFixture.connectTo(listener)) {
                            assertThat(client.recv(ByteBuffer.allocate(1), patience())).isOne();
                        }
                        listener.close();
                        serving.join();
                    }
                });
    }
}
