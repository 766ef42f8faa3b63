package io.tardy.netty;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/**
 * A region that ends beyond the first 2 GiB of a file, for a Netty channel on io_uring. As of
 * 4.2.18 the channel counts the bytes of a splice in an int: it sends the first 2 GiB, or nothing,
 * and fails. It reads a region of another class than {@code DefaultFileRegion}, and sends it in
 * parts.
 */
final class FarFileRegion extends AbstractReferenceCounted implements FileRegion {

    private final DefaultFileRegion region;

    private FarFileRegion(DefaultFileRegion region) {
        this.region = region;
    }

    /** The message, or what to write in its place. */
    static Object inPlaceOf(Object message) {
        return message instanceof DefaultFileRegion region
                        && region.position() + region.count() > Integer.MAX_VALUE
                ? new FarFileRegion(region)
                : message;
    }

    @Override
    public long position() {
        return region.position();
    }

    @Override
    @Deprecated
    public long transfered() {
        return region.transferred();
    }

    @Override
    public long transferred() {
        return region.transferred();
    }

    @Override
    public long count() {
        return region.count();
    }

    @Override
    public long transferTo(WritableByteChannel target, long position) throws IOException {
        return region.transferTo(target, position);
    }

    @Override
    public FileRegion retain() {
        super.retain();
        return this;
    }

    @Override
    public FileRegion retain(int increment) {
        super.retain(increment);
        return this;
    }

    @Override
    public FileRegion touch() {
        region.touch();
        return this;
    }

    @Override
    public FileRegion touch(Object hint) {
        region.touch(hint);
        return this;
    }

    @Override
    protected void deallocate() {
        region.release();
    }
}
