package io.tardy.testsuite;

import io.tardy.aio.AsyncType;

/** The contracts on io_uring. */
class IoUringTest implements TransportContract, UnixDatagramContract {

    @Override
    public AsyncType transport() {
        return AsyncType.IO_URING;
    }
}
