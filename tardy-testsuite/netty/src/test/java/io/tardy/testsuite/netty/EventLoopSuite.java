package io.tardy.testsuite.netty;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.testsuite.transport.AbstractSingleThreadEventLoopTest;

/** Netty's tests of an event loop itself: registration, shutdown, scheduling, scaling. */
final class EventLoopSuite {

    private EventLoopSuite() {}

    static class SingleThreadEventLoop extends AbstractSingleThreadEventLoopTest {
        @Override
        protected EventLoopGroup newEventLoopGroup() {
            return Run.single().newGroup();
        }

        @Override
        protected EventLoopGroup newAutoScalingEventLoopGroup() {
            return Run.WIRE.loopsCanSuspend()
                    ? Run.single()
                            .newScalingGroup(SCALING_MAX_THREADS, AUTO_SCALING_CHOOSER_FACTORY)
                    : null;
        }

        @Override
        protected Channel newChannel() {
            return Run.single().newSocketChannel();
        }

        @Override
        protected Class<? extends ServerChannel> serverChannelClass() {
            return Run.single().serverSocketChannel();
        }
    }
}
