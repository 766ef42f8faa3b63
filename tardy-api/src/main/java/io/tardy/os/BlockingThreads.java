package io.tardy.os;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;

/**
 * Makes daemon threads for what blocks: threads of Netty's, but ones that say so. Detectors such as
 * BlockHound take every other thread of Netty's for a loop's, which must not block.
 */
public final class BlockingThreads extends DefaultThreadFactory {

    /**
     * @param name what their names begin with
     */
    public BlockingThreads(String name) {
        super(name, true);
    }

    @Override
    protected Thread newThread(Runnable body, String name) {
        return new Permitted(threadGroup, body, name);
    }

    private static final class Permitted extends FastThreadLocalThread {

        Permitted(ThreadGroup group, Runnable body, String name) {
            super(group, body, name);
        }

        @Override
        public boolean permitBlockingCalls() {
            return true;
        }
    }
}
