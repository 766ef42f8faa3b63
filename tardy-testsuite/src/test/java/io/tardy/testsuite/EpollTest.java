package io.tardy.testsuite;

import io.tardy.aio.AsyncType;

/** The contracts on epoll. */
class EpollTest
        implements RuntimeContract, ThreadContract, TimerContract, SpscContract, TcpContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }
}
