package io.tardy.testsuite;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import java.util.EnumSet;
import java.util.Set;

/** The contracts on io_uring. */
class IoUringTest implements TransportContract, UnixDatagramContract {

    @Override
    public AsyncType transport() {
        return AsyncType.IO_URING;
    }

    @Override
    public Set<AsyncOp> nativeOps() {
        return EnumSet.allOf(AsyncOp.class);
    }
}
