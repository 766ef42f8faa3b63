package io.tardy.testsuite;

import io.tardy.aio.AsyncOp;
import io.tardy.aio.AsyncType;
import java.util.EnumSet;
import java.util.Set;

/** The contracts on epoll. */
class EpollTest implements TransportContract, UnixDatagramContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }

    @Override
    public Set<AsyncOp> nativeOps() {
        return EnumSet.of(
                AsyncOp.TIMER,
                AsyncOp.ACCEPT,
                AsyncOp.CONNECT,
                AsyncOp.RECV,
                AsyncOp.SEND,
                AsyncOp.CLOSE);
    }
}
