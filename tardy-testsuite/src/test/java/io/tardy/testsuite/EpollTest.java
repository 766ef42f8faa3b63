package io.tardy.testsuite;

import io.tardy.aio.AsyncType;

/** The contracts on epoll. */
class EpollTest implements TransportContract, UnixDatagramContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }
}
