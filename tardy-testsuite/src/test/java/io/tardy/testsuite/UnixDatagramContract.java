package io.tardy.testsuite;

import static io.tardy.testsuite.FileContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.SendError;
import io.tardy.aio.TardyIOException;
import io.tardy.net.Datagram;
import io.tardy.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datagrams of the Unix domain, where the transport has them. */
interface UnixDatagramContract extends TransportFixture {

    @Test
    default void datagramsOfTheUnixDomainWork(@TempDir Path folder) throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.unixDatagram(folder.resolve("a")).bind();
                            Socket b = Socket.unixDatagram(folder.resolve("b")).bind()) {
                        a.sendTo(bytes("over there"), b.localAddress());
                        ByteBuffer into = ByteBuffer.allocate(4);
                        assertThat(b.recvFrom(into))
                                .isEqualTo(new Datagram(a.localAddress(), 10, true));
                        assertThat(into.flip()).isEqualTo(bytes("over"));
                    }
                });
    }

    @Test
    default void aReceiverWhoseQueueIsFullIsAnErrorAndNothingIsLostSilently(@TempDir Path folder)
            throws Exception {
        inFrame(
                rt -> {
                    try (Socket a = Socket.unixDatagram(folder.resolve("a")).bind();
                            Socket b = Socket.unixDatagram(folder.resolve("b")).bind()) {
                        int sent = 0;
                        TardyIOException full = null;
                        while (full == null && sent < 100_000) {
                            try {
                                a.sendTo(bytes("x"), b.localAddress());
                                sent++;
                            } catch (TardyIOException e) {
                                full = e;
                            }
                        }
                        assertThat(full.error()).isEqualTo(SendError.WOULD_BLOCK);
                        for (int received = 0; received < sent; received++) {
                            assertThat(b.recvFrom(ByteBuffer.allocate(1)).length()).isOne();
                        }
                    }
                });
    }
}
