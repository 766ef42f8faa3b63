package io.tardy.spi;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;
import java.util.concurrent.RejectedExecutionException;

/**
 * What a backend is given of its runtime.
 *
 * <p>Public for authors of transports: {@link Transport#newBackend} gets one.
 *
 * @param loop the event loop to register with; the backend's methods run on its thread
 * @param aioReapMax how many operations one reap may complete
 * @param allocator where {@code RecvBuffer} takes its buffers; used on the loop's thread only
 */
public record BackendContext(IoEventLoop loop, int aioReapMax, ByteBufAllocator allocator) {

    /**
     * Runs on the loop's thread: now, if this is it. Dropped once the runtime has ended, for then
     * {@link AsyncBackend#close} releases, or has released, everything that the backend held.
     */
    public void onLoop(Runnable action) {
        if (loop.inEventLoop()) {
            action.run();
            return;
        }
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            assert loop.isShuttingDown();
        }
    }
}
