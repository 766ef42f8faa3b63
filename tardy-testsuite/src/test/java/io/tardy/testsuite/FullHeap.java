package io.tardy.testsuite;

/** What fills the heap of a JVM, until it is given back; any thread. */
final class FullHeap {

    private static final int ELEMENTS_MAX = 1 << 20;

    private final int leftOver;

    /** Each array that was got has the one before it in its first place. */
    private volatile Object[] eaten;

    /**
     * To be made before the heap is to be full: what it needs is loaded then.
     *
     * @param leftOver as many bytes as may be left
     */
    FullHeap(int leftOver) {
        this.leftOver = leftOver;
    }

    void fill() {
        for (int size = ELEMENTS_MAX; size > leftOver / Long.BYTES; ) {
            try {
                Object[] more = new Object[size];
                more[0] = eaten;
                eaten = more;
            } catch (OutOfMemoryError e) {
                size /= 2;
            }
        }
    }

    void giveBack() {
        eaten = null;
    }
}
