package io.tardy.spi;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEventLoop;

/**
 * What a backend is given of its runtime.
 *
 * @param loop the event loop to register with; the backend's methods run on its thread
 * @param allocator where {@code RecvBuffer} takes its buffers; used on the loop's thread only
 */
public record BackendContext(IoEventLoop loop, ByteBufAllocator allocator) {}
