package io.tardy.spi;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;

/**
 * What a backend is given of its runtime.
 *
 * <p>Public for authors of transports: {@link Transport#newBackend} gets one.
 *
 * @param loop the event loop to register with; the backend's methods run on its thread
 * @param aioReapMax how many operations one reap may complete
 * @param allocator where {@code RecvBuffer} takes its buffers; used on the loop's thread only
 */
public record BackendContext(IoEventLoop loop, int aioReapMax, ByteBufAllocator allocator) {}
