package io.tardy.websocket;

import io.tardy.aio.AsyncType;

/** Runs the contracts on this transport. */
class IoUringWebSocketTest implements ServerContract, ClientContract, ListenerContract {

    @Override
    public AsyncType transport() {
        return AsyncType.IO_URING;
    }
}
