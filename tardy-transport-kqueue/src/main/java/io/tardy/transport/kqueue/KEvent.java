package io.tardy.transport.kqueue;

import io.netty.channel.kqueue.KQueueIoOps;

/**
 * The numbers of kqueue(2) as macOS, FreeBSD, OpenBSD and DragonFly have them. Netty has them too,
 * but not for others, and only where its native library loads.
 */
final class KEvent {

    static final short EVFILT_READ = -1;
    static final short EVFILT_WRITE = -2;

    static final short EV_ADD = 0x0001;
    static final short EV_DELETE = 0x0002;
    static final short EV_ONESHOT = 0x0010;
    static final short EV_CLEAR = 0x0020;
    static final short EV_ERROR = 0x4000;
    static final short EV_EOF = (short) 0x8000;

    static final KQueueIoOps ADD_READ = change(EVFILT_READ, EV_ADD | EV_CLEAR);
    static final KQueueIoOps ADD_WRITE = change(EVFILT_WRITE, EV_ADD | EV_CLEAR);
    static final KQueueIoOps DELETE_READ = change(EVFILT_READ, EV_DELETE);
    static final KQueueIoOps DELETE_WRITE = change(EVFILT_WRITE, EV_DELETE);

    private KEvent() {}

    private static KQueueIoOps change(short filter, int flags) {
        return KQueueIoOps.newOps(filter, (short) flags, 0);
    }
}
