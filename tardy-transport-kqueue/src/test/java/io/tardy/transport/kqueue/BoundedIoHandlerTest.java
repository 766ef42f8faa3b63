package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.transport.kqueue.SimRuntime.SimOperation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Netty's list of changes is never outgrown: the simulated kqueue throws if it were. */
class BoundedIoHandlerTest {

    private static final int EVENTS_MAX = 3;

    private final SimSystem system = new SimSystem();
    private final SimRuntime runtime = new SimRuntime(system, EVENTS_MAX);

    @Test
    void changesBeyondTheRoomAreMadeInLaterTurnsWithoutAWait() {
        List<SimOperation> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            SimSocket socket = system.newSocket().connected();
            socket.peerSends(new byte[1]);
            waiting.add(runtime.recv(socket, 8));
        }
        assertThat(system.calls).hasSize(EVENTS_MAX);
        runtime.turn();
        assertThat(runtime.kqueue.couldWait).isFalse();
        runtime.settle();
        assertThat(runtime.kqueue.couldWait).isTrue();
        assertThat(system.calls).hasSize(20);
        assertThat(waiting).extracting(SimOperation::outcome).containsOnly(1);
    }

    @Test
    void aTurnReportsNoMoreEventsThanAsked() {
        for (int i = 0; i < 10; i++) {
            runtime.recv(system.newSocket().connected(), 8);
        }
        runtime.settle();
        for (int ident = 3; ident < 13; ident++) {
            system.socket(ident).peerSends(new byte[1]);
        }
        int told = runtime.kqueue.told;
        runtime.turn();
        assertThat(runtime.kqueue.told - told).isEqualTo(EVENTS_MAX);
    }

    @Test
    void socketsThatAreClosedAndReplacedWhileChangesWaitKeepTheirEventsApart() throws Exception {
        List<SimSocket> sockets = open(10);
        sockets.forEach(socket -> runtime.recv(socket, 8));
        for (SimSocket socket : sockets) {
            socket.close();
        }
        List<SimSocket> next = open(10);
        List<SimOperation> waiting = new ArrayList<>();
        next.forEach(socket -> waiting.add(runtime.recv(socket, 8)));
        runtime.settle();
        next.forEach(socket -> socket.peerSends(new byte[2]));
        runtime.settle();
        assertThat(waiting).extracting(SimOperation::outcome).containsOnly(2);
        assertThat(runtime.kqueue.registrations()).isEqualTo(10);
        assertThat(runtime.kqueue.knotes()).isEqualTo(20);
        assertThat(runtime.kqueue.strays).isZero();
    }

    @Test
    void anAdditionThatStillWaitsWhenItsSocketIsClosedIsNotMade() throws Exception {
        List<SimSocket> sockets = open(4);
        sockets.forEach(socket -> runtime.recv(socket, 8));
        sockets.get(3).close();
        runtime.settle();
        assertThat(system.calls).doesNotContain("add read 6", "add write 6");
        assertThat(runtime.kqueue.registrations()).isEqualTo(3);
    }

    @Test
    void anEventThatComesWhileTheDeletionWaitsIsIgnored() {
        List<SimSocket> sockets = open(4);
        sockets.forEach(socket -> runtime.recv(socket, 8));
        runtime.settle();
        int told = runtime.kqueue.told;
        runtime.backend.close();
        SimSocket last = sockets.get(3);
        sockets.forEach(socket -> socket.peerSends(new byte[1]));
        int tries = last.tries;
        runtime.settle();
        assertThat(runtime.kqueue.told).isGreaterThan(told);
        assertThat(sockets).extracting(socket -> socket.tries).containsOnly(tries);
        assertThat(runtime.kqueue.knotes()).isZero();
        assertThat(runtime.kqueue.strays).isZero();
    }

    private List<SimSocket> open(int count) {
        List<SimSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(system.newSocket().connected());
        }
        return sockets;
    }
}
