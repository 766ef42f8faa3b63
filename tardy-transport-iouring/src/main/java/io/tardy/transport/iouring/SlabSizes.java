package io.tardy.transport.iouring;

/** The sizes of {@link Slabs}: a connection's next message is as long as its last one, mostly. */
final class SlabSizes {

    /** A short message, and all that an idle connection holds if its last one was short. */
    private static final int SHORT_BYTES = 256;

    /** What most requests take. One that is longer takes another call, whatever we give it. */
    private static final int LONG_BYTES = 1024;

    private final Slabs shortSlabs = new Slabs(SHORT_BYTES);
    private final Slabs longSlabs = new Slabs(LONG_BYTES);

    /**
     * Those to wait in.
     *
     * @param count what the last receive brought
     */
    Slabs after(int count) {
        return count > SHORT_BYTES ? longSlabs : shortSlabs;
    }
}
