package io.tardy.transport.iouring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.unix.Socket;
import io.tardy.Frame;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.Threading;
import io.tardy.aio.AsyncSubmission.Read;
import io.tardy.aio.AsyncSubmission.Write;
import io.tardy.aio.ReadError;
import io.tardy.aio.Resulted;
import io.tardy.os.DescriptorFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A descriptor that somebody else has set non-blocking answers EAGAIN, also to the ring. */
class NonBlockingFileTest {

    @Test
    void readWaitsAndWritesArriveAndAWaitCanBeCancelled() throws Exception {
        assumeThat(new IoUringTransport().unavailableBecause()).isEmpty();
        try (Tardy tardy =
                Tardy.builder()
                        .async(new IoUringTransport(8, 8))
                        .threading(Threading.single())
                        .build()) {
            Frame<?>[] body = new Frame<?>[1];
            tardy.entry(body, (rt, frames) -> frames[0] = rt.spawn(() -> body(rt)));
            body[0].join();
        }
    }

    /** Netty's sockets are non-blocking descriptors, to be had without a native library of ours. */
    private static void body(TardyRuntime rt) throws Exception {
        Socket listener = Socket.newSocketStream();
        Socket client = Socket.newSocketStream();
        try {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listener.listen(1);
            client.connect(listener.localAddress());
            int accepted = listener.accept(new byte[26]);
            DescriptorFile here = new DescriptorFile(client.intValue());
            DescriptorFile there = new DescriptorFile(accepted);
            ByteBuffer into = ByteBuffer.allocate(8);
            Frame<Integer> reader =
                    rt.spawnCall(() -> TardyRuntime.ioAwait(new Read(there, into, -1)).unwrap());
            Frame.delay(Duration.ofMillis(5));
            ByteBuffer text = ByteBuffer.allocateDirect(4).put(new byte[4]).flip();
            assertThat(TardyRuntime.ioAwait(new Write(here, text, -1)).unwrap()).isEqualTo(4);
            assertThat(reader.join()).isEqualTo(4);
            Frame<Resulted<Integer, ReadError>> endless =
                    rt.spawnCall(() -> TardyRuntime.ioAwait(new Read(there, into, -1)));
            Frame.delay(Duration.ofMillis(5));
            endless.cancel();
            Resulted.Err<Integer, ReadError> given =
                    (Resulted.Err<Integer, ReadError>) endless.join();
            assertThat(given.error()).isEqualTo(ReadError.CANCELED);
            there.closeDescriptor();
        } finally {
            client.close();
            listener.close();
        }
    }
}
