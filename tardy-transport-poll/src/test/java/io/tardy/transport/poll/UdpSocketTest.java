package io.tardy.transport.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tardy.aio.Datagram;
import io.tardy.aio.Errno;
import io.tardy.aio.SocketKind;
import io.tardy.aio.TardyIOException;
import io.tardy.os.SocketHandle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UdpSocketTest {

    private static final InetSocketAddress ANYWHERE = new InetSocketAddress("127.0.0.1", 0);

    private SocketHandle here;
    private SocketHandle there;

    @BeforeEach
    void open() throws TardyIOException {
        here = SocketHandle.of(new PollTransport().openSocket(SocketKind.UDP));
        there = SocketHandle.of(new PollTransport().openSocket(SocketKind.UDP));
        here.bind(ANYWHERE);
        there.bind(ANYWHERE);
    }

    @AfterEach
    void close() throws TardyIOException {
        here.close();
        there.close();
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(values.length);
        for (int value : values) {
            buffer.put((byte) value);
        }
        return buffer.flip();
    }

    private static Datagram await(SocketHandle socket, ByteBuffer into) throws TardyIOException {
        Datagram datagram = null;
        while (datagram == null) {
            datagram = socket.recvFrom(into);
            Thread.onSpinWait();
        }
        return datagram;
    }

    @Test
    void aDatagramSaysWhereItCameFromAlsoAnEmptyOne() throws Exception {
        SocketAddress to = there.localAddress();
        assertThat(there.recvFrom(ByteBuffer.allocateDirect(10))).isNull();
        assertThat(here.sendTo(bytes(1, 2, 3), to)).isEqualTo(3);
        assertThat(here.sendTo(bytes(), to)).isZero();
        Datagram three = await(there, ByteBuffer.allocateDirect(100));
        assertThat(three).isEqualTo(new Datagram(here.localAddress(), 3, false));
        assertThat(await(there, ByteBuffer.allocateDirect(100)).length()).isZero();
    }

    @Test
    void aConnectedOneSendsAndReceives() throws Exception {
        assertThat(here.connect(there.localAddress())).isZero();
        assertThat(there.connect(here.localAddress())).isZero();
        assertThat(here.remoteAddress()).isEqualTo(there.localAddress());
        assertThat(there.recv(ByteBuffer.allocateDirect(2))).isEqualTo(-Errno.EAGAIN.number());
        assertThat(here.send(bytes(7, 8))).isEqualTo(2);
        ByteBuffer into = ByteBuffer.allocateDirect(2);
        int count;
        do {
            count = there.recv(into);
        } while (count == -Errno.EAGAIN.number());
        assertThat(count).isEqualTo(2);
    }

    @Test
    void aConnectedOneConnectsToAnotherAndKeepsItsAddress() throws Exception {
        SocketHandle other = SocketHandle.of(new PollTransport().openSocket(SocketKind.UDP));
        try {
            other.bind(ANYWHERE);
            SocketAddress local = here.localAddress();
            assertThat(here.connect(there.localAddress())).isZero();
            assertThat(here.sendTo(bytes(1), other.localAddress()))
                    .isEqualTo(-Errno.EISCONN.number());
            assertThat(here.connect(other.localAddress())).isZero();
            assertThat(here.remoteAddress()).isEqualTo(other.localAddress());
            assertThat(here.localAddress()).isEqualTo(local);
            assertThat(here.send(bytes(1, 2))).isEqualTo(2);
            assertThat(await(other, ByteBuffer.allocateDirect(9)))
                    .isEqualTo(new Datagram(local, 2, false));
        } finally {
            other.close();
        }
    }

    @Test
    void whatTheSystemRefusesHasItsNumber() throws Exception {
        assertThat(here.sendTo(ByteBuffer.allocateDirect(70_000), there.localAddress()))
                .isEqualTo(-Errno.EMSGSIZE.number());
        assertThat(here.recv(bytes(1))).isEqualTo(-Errno.ENOTCONN.number());
        assertThat(here.sendTo(bytes(1), InetSocketAddress.createUnresolved("nowhere", 1)))
                .isEqualTo(-Errno.EINVAL.number());
        for (SocketHandle socket : new SocketHandle[] {here, there}) {
            assertThatExceptionOfType(TardyIOException.class)
                    .isThrownBy(() -> socket.listen(1))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP.number()));
        }
    }
}
