package io.tardy.os;

import io.tardy.aio.AsyncSubmission.Send;
import io.tardy.aio.OpenSocket;
import java.nio.ByteBuffer;

/**
 * Memory of a runtime's that a frame has for a while: from the receive that filled it until the
 * frame gives it back. For the thread of its runtime.
 *
 * <p>Nobody else gives it back. What is never given back is the collector's, and is not lent again:
 * a buffer has one owner at a time, or none of ours.
 */
public final class LentBuffer {

    /** Its submission, for one socket after the other. */
    private static final class Sending extends Send {

        /** Null while no send is under way. */
        private OpenSocket socket;

        Sending(ByteBuffer from) {
            super(null, from);
        }

        @Override
        public OpenSocket socket() {
            return socket;
        }
    }

    private final LentBuffers home;
    private final ByteBuffer memory;
    private final long address;
    private ByteBuffer view;
    private Sending sending;

    /** Null while nobody has it. */
    private Object holder;

    /** What the holder said when it got it: how much the system may use that nobody waits for. */
    private int state;

    /**
     * @param memory its own, from its first byte to its last
     */
    LentBuffer(LentBuffers home, ByteBuffer memory) {
        this.home = home;
        this.memory = memory;
        this.address = NativeMemory.addressOf(memory);
        renew();
    }

    /** What was lent before can never be used again, whoever has kept it. */
    private void renew() {
        ByteBuffer next = memory.slice(0, memory.capacity());
        sending = new Sending(next);
        view = next;
    }

    /** Where it begins. Whoever uses the address keeps this reachable meanwhile. */
    public long address() {
        return address;
    }

    /** How much it holds, in bytes. */
    public int capacity() {
        return memory.capacity();
    }

    /** What follows this many bytes, for one call. */
    public ByteBuffer room(int from) {
        return view.clear().position(from);
    }

    /** What a frame has, or had. */
    public ByteBuffer view() {
        return view;
    }

    /**
     * Lends it, with so many bytes that were received.
     *
     * @param holder who alone may give it back
     * @param state in another one the holder does not give it back
     */
    public ByteBuffer lend(Object holder, int state, int count) {
        this.holder = holder;
        this.state = state;
        home.lent(this);
        return view.clear().limit(count);
    }

    /** Whether it is lent, to nobody else. */
    public boolean isHeldBy(Object by) {
        return holder == by;
    }

    /**
     * The holder needs it no more; does nothing for others, and nothing while the system may still
     * use it, for which the state has changed.
     */
    public void giveBack(Object by, int stateNow) {
        tryGiveBack(by, stateNow);
    }

    /**
     * {@link #giveBack} by a holder who is lent no more: whoever has kept it finds nothing in it
     * for ever.
     */
    public void giveBackForGood(Object by, int stateNow) {
        if (tryGiveBack(by, stateNow)) {
            renew();
        }
    }

    private boolean tryGiveBack(Object by, int stateNow) {
        if (holder != by) {
            return false;
        }
        holder = null;
        boolean isUnused = state == stateNow && sending.socket == null;
        if (isUnused) {
            view.limit(0); // whoever has kept it finds nothing, until it is lent again
            home.put(this);
        }
        return isUnused;
    }

    /** In a simulation: whatever refers to what was lent finds garbage, or nothing. */
    void spoil() {
        memory.clear();
        while (memory.hasRemaining()) {
            memory.putLong(0xDEAD_BEEF_DEAD_BEEFL);
        }
        renew();
    }

    /**
     * What sends its remaining bytes through this socket, for its holder; {@link #endSend} follows
     * when that is over. If the holder is torn away from it, it never is, and the buffer is lent no
     * more.
     *
     * @return null if another send of it is not over
     */
    public Send beginSend(OpenSocket socket) {
        if (sending.socket != null) {
            return null;
        }
        sending.socket = socket;
        return sending;
    }

    /** The end of what {@link #beginSend} has begun. */
    public void endSend() {
        sending.socket = null;
    }
}
