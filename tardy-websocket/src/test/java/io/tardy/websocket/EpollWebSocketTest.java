package io.tardy.websocket;

import io.tardy.aio.AsyncType;

/** Runs the contracts on this transport. */
class EpollWebSocketTest implements ServerContract, ClientContract, ListenerContract {

    @Override
    public AsyncType transport() {
        return AsyncType.EPOLL;
    }
}
