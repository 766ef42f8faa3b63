package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import io.tardy.spi.DelegatingIoHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The simulated kqueue does what kqueue(2) says. */
class SimKQueueTest {

    private final SimSystem system = new SimSystem();
    private final SimKQueue kqueue = system.newKQueue(16);
    private final SimSocket socket = system.newSocket().connected();
    private final List<Long> reported = new ArrayList<>();
    private final IoRegistration registration = kqueue.register(new Handle());

    @Test
    void withoutClearAnEventIsReportedForAsLongAsItsConditionHolds() {
        add(KEvent.EV_ADD);
        socket.peerSends(new byte[2]);
        reap();
        reap();
        assertThat(reported).containsExactly(2L, 2L);
    }

    @Test
    void withClearAnEventIsReportedOnceForEachThingThatHappens() {
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        socket.peerSends(new byte[2]);
        reap();
        reap();
        socket.peerSends(new byte[1]);
        socket.peerSends(new byte[1]);
        reap();
        reap();
        assertThat(reported).containsExactly(2L, 4L);
    }

    @Test
    void aOneShotIsReportedOnceAndGone() {
        add(KEvent.EV_ADD | KEvent.EV_ONESHOT);
        socket.peerSends(new byte[1]);
        reap();
        socket.peerSends(new byte[1]);
        reap();
        assertThat(reported).containsExactly(1L);
        assertThat(kqueue.knotes()).isZero();
    }

    @Test
    void whatIsThereWhenAKnoteIsAddedIsReported() {
        socket.peerSends(new byte[1]);
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        reap();
        assertThat(reported).containsExactly(1L);
    }

    @Test
    void whatIsGoneBeforeItIsReportedIsNotReported() {
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        reap();
        socket.peerSends(new byte[1]);
        socket.recv(ByteBuffer.allocate(8));
        reap();
        assertThat(reported).isEmpty();
    }

    @Test
    void closingDropsTheKnotesAndTheirEvents() throws Exception {
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        reap();
        socket.peerSends(new byte[1]);
        socket.close();
        reap();
        assertThat(reported).isEmpty();
        assertThat(kqueue.knotes()).isZero();
    }

    @Test
    void aChangeOfAClosedDescriptorIsAnErrorThatIsDropped() throws Exception {
        socket.close();
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        reap();
        assertThat(kqueue.errors).isEqualTo(1);
        assertThat(reported).isEmpty();
    }

    @Test
    void aDeletionOfNothingIsAnErrorThatIsDropped() {
        registration.submit(KEvent.DELETE_READ);
        reap();
        assertThat(kqueue.errors).isEqualTo(1);
    }

    @Test
    void anEventForNobodyIsCounted() {
        add(KEvent.EV_ADD | KEvent.EV_CLEAR);
        reap();
        registration.cancel();
        reap();
        socket.peerSends(new byte[1]);
        reap();
        assertThat(kqueue.strays).isEqualTo(1);
    }

    private void add(int flags) {
        registration.submit(KQueueIoOps.newOps(KEvent.EVFILT_READ, (short) flags, 0));
    }

    private void reap() {
        kqueue.run(DelegatingIoHandlerContext.NOT_WAITING);
    }

    private final class Handle implements KQueueIoHandle {
        @Override
        public int ident() {
            return socket.ident();
        }

        @Override
        public void handle(IoRegistration from, IoEvent event) {
            reported.add(((KQueueIoEvent) event).data());
        }

        @Override
        public void close() {}
    }
}
