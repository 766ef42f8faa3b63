package io.tardy.transport.kqueue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The simulated system: descriptors, of which the lowest free one is given out, and kqueues. */
final class SimSystem {

    private static final int IDENT_MIN = 3;

    private final TreeMap<Integer, SimSocket> open = new TreeMap<>();
    private final List<SimKQueue> kqueues = new ArrayList<>();

    /** Changes and closes, in the order in which they were asked for: "add write 3", "close 3". */
    final List<String> calls = new ArrayList<>();

    SimSocket newSocket() {
        int ident = IDENT_MIN;
        while (open.containsKey(ident)) {
            ident++;
        }
        SimSocket socket = new SimSocket(this, ident);
        open.put(ident, socket);
        return socket;
    }

    SimKQueue newKQueue(int eventsMax) {
        SimKQueue kqueue = new SimKQueue(this, eventsMax);
        kqueues.add(kqueue);
        return kqueue;
    }

    /** The open socket with this number, or null. */
    SimSocket socket(int ident) {
        return open.get(ident);
    }

    int socketsOpen() {
        return open.size();
    }

    /** Something has happened on one side of a socket: its knotes look whether it concerns them. */
    void happened(int ident, short filter) {
        kqueues.forEach(kqueue -> kqueue.happened(ident, filter));
    }

    /** Closing drops the knotes of a descriptor everywhere; kqueue(2). */
    void closed(int ident) {
        calls.add("close " + ident);
        open.remove(ident);
        kqueues.forEach(kqueue -> kqueue.drop(ident));
    }
}
