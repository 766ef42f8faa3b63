package io.tardy.transport.kqueue;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * A simulated kqueue behind Netty's interfaces: kqueue(2) with Netty 4.2's KQueueIoHandler on top.
 *
 * <p>The system's part: a knote becomes active when its condition holds as it is added or when
 * something happens to its socket; an active knote is looked at again before it is reported, and
 * dropped from the queue if there is nothing to report any more; {@code EV_CLEAR} makes it inactive
 * once reported, {@code EV_ONESHOT} deletes it, otherwise it is reported for as long as its
 * condition holds. A change that fails is reported as {@code EV_ERROR}.
 *
 * <p>Netty's part: changes are collected and applied by the next kevent(2), in order; {@code
 * EV_ERROR} is dropped; a cancelled registration takes no changes and hears of no events, and is
 * forgotten after the events have been told.
 */
final class SimKQueue implements IoHandler {

    private record Key(int ident, short filter) {}

    private record Change(Key key, short flags, long id) {}

    private static final class Knote {
        private final Key key;
        private short flags;
        private long id;
        private boolean active;

        Knote(Key key) {
            this.key = key;
        }

        boolean has(short flag) {
            return (flags & flag) != 0;
        }
    }

    private final SimSystem system;
    private final int eventsMax;
    private final Map<Key, Knote> knotes = new LinkedHashMap<>();
    private final Queue<Knote> active = new ArrayDeque<>();
    private final List<Change> changes = new ArrayList<>();
    private final Map<Long, Registration> registrations = new HashMap<>();
    private final Queue<Registration> cancelled = new ArrayDeque<>();
    private long lastId;

    /** Events that met no registration; Netty warns of each. */
    int strays;

    /** Changes that the system refused. */
    int errors;

    /** Events that were told to registrations. */
    int told;

    /** Whether the next reap was allowed to wait, as of the last one. */
    boolean couldWait;

    /** The event of this number gets lost: a broken system, for testing the tests. 0 for none. */
    int losesEvent;

    /** What to throw at whoever registers, or null. */
    RuntimeException refusal;

    SimKQueue(SimSystem system, int eventsMax) {
        this.system = system;
        this.eventsMax = eventsMax;
    }

    int knotes() {
        return knotes.size();
    }

    int registrations() {
        return registrations.size();
    }

    void happened(int ident, short filter) {
        Knote knote = knotes.get(new Key(ident, filter));
        if (knote != null && eventOf(knote) != null) {
            activate(knote);
        }
    }

    void drop(int ident) {
        remove(new Key(ident, KEvent.EVFILT_READ));
        remove(new Key(ident, KEvent.EVFILT_WRITE));
    }

    @Override
    public int run(IoHandlerContext context) {
        couldWait = context.canBlock();
        List<KQueueIoEvent> events = kevent();
        for (KQueueIoEvent event : events) {
            tell(event);
        }
        for (Registration gone; (gone = cancelled.poll()) != null; ) {
            registrations.remove(gone.id);
        }
        return events.size();
    }

    private void tell(KQueueIoEvent event) {
        if (event.filter() == 0) {
            errors++;
            return;
        }
        Registration registration = registrations.get(event.udata());
        if (registration == null) {
            strays++;
        } else if (registration.isValid() && ++told != losesEvent) {
            registration.handle.handle(registration, event);
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) {
        if (refusal != null) {
            throw refusal;
        }
        Registration registration = new Registration((KQueueIoHandle) handle, ++lastId);
        registrations.put(registration.id, registration);
        return registration;
    }

    @Override
    public void wakeup() {}

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return KQueueIoHandle.class.isAssignableFrom(handleType);
    }

    /** Applies the changes; the events are those of failed changes, or else of active knotes. */
    private List<KQueueIoEvent> kevent() {
        List<KQueueIoEvent> events = new ArrayList<>();
        for (Change change : changes) {
            if (!apply(change)) {
                events.add(
                        KQueueIoEvent.newEvent(
                                change.key.ident, (short) 0, KEvent.EV_ERROR, 0, 0, change.id));
            }
        }
        changes.clear();
        if (!events.isEmpty()) {
            return events;
        }
        for (int left = active.size(); left > 0 && events.size() < eventsMax; left--) {
            Knote knote = active.poll();
            KQueueIoEvent event = eventOf(knote);
            knote.active = false;
            if (event == null) {
                continue;
            }
            events.add(event);
            if (knote.has(KEvent.EV_ONESHOT)) {
                knotes.remove(knote.key);
            } else if (!knote.has(KEvent.EV_CLEAR)) {
                activate(knote);
            }
        }
        return events;
    }

    private boolean apply(Change change) {
        if (system.socket(change.key.ident) == null) {
            return false; // EBADF
        }
        if ((change.flags & KEvent.EV_DELETE) != 0) {
            return remove(change.key); // else ENOENT
        }
        Knote knote = knotes.computeIfAbsent(change.key, Knote::new);
        knote.flags = change.flags;
        knote.id = change.id;
        if (eventOf(knote) != null) {
            activate(knote);
        }
        return true;
    }

    private void activate(Knote knote) {
        if (!knote.active) {
            knote.active = true;
            active.add(knote);
        }
    }

    private boolean remove(Key key) {
        Knote knote = knotes.remove(key);
        active.remove(knote);
        return knote != null;
    }

    /** What there is to report, or null. */
    private KQueueIoEvent eventOf(Knote knote) {
        SimSocket socket = system.socket(knote.key.ident);
        boolean reads = knote.key.filter == KEvent.EVFILT_READ;
        boolean eof = reads ? socket.isInputOver() : socket.isOutputOver();
        int data = reads ? socket.available() : socket.room();
        if (data == 0 && !eof) {
            return null;
        }
        short flags = (short) (knote.flags | (eof ? KEvent.EV_EOF : 0));
        return KQueueIoEvent.newEvent(knote.key.ident, knote.key.filter, flags, 0, data, knote.id);
    }

    private final class Registration implements IoRegistration {
        private final KQueueIoHandle handle;
        private final long id;
        private boolean isCancelled;

        Registration(KQueueIoHandle handle, long id) {
            this.handle = handle;
            this.id = id;
        }

        @Override
        public <T> T attachment() {
            return null;
        }

        @Override
        public long submit(IoOps ops) {
            if (isCancelled) {
                return -1;
            }
            KQueueIoOps change = (KQueueIoOps) ops;
            if (changes.size() == eventsMax) {
                throw new AssertionError("Netty's list of changes is outgrown");
            }
            changes.add(new Change(new Key(handle.ident(), change.filter()), change.flags(), id));
            system.calls.add(describe(change) + " " + handle.ident());
            return 0;
        }

        @Override
        public boolean isValid() {
            return !isCancelled;
        }

        @Override
        public boolean cancel() {
            if (isCancelled) {
                return false;
            }
            isCancelled = true;
            cancelled.add(this);
            return true;
        }
    }

    private static String describe(KQueueIoOps change) {
        String verb = (change.flags() & KEvent.EV_ADD) != 0 ? "add" : "delete";
        return verb + (change.filter() == KEvent.EVFILT_READ ? " read" : " write");
    }
}
