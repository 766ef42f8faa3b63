package io.tardy.websocket;

import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;

/** A message that knows whether it was released. */
final class CountedMessage extends AbstractReferenceCounted {

    @Override
    public ReferenceCounted touch(Object hint) {
        return this;
    }

    @Override
    protected void deallocate() {}
}
