package io.tardy.sim.netty;

import io.netty.channel.Channel;
import io.netty.channel.DefaultChannelPipeline;
import io.tardy.runtime.RuntimeCore;

/**
 * The pipeline of a simulated channel: an assertion that fails in a handler fails the simulation.
 */
final class SimPipeline extends DefaultChannelPipeline {

    SimPipeline(Channel channel) {
        super(channel);
    }

    /** Netty only logs it. */
    @Override
    protected void onUnhandledInboundException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AssertionError assertion) {
                RuntimeCore.currentOrNull().settings().simulation().failed(assertion);
                break;
            }
        }
        super.onUnhandledInboundException(failure);
    }
}
