package io.tardy.libraries;

import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.SimReport;
import io.tardy.sim.faults.Faults;
import java.util.logging.LogManager;

/** Programs of other people's, in a world where some things go wrong. */
enum Scene {
    GRPC(GrpcSimTest::scene),
    HTTP2(Http2SimTest::scene),
    LETTUCE(LettuceSimTest::scene),
    REACTOR_NETTY(ReactorNettySimTest::scene),
    TLS(TlsSimTest::scene);

    static {
        // A handler's lock may be held by a thread from outside, which makes a loop wait.
        LogManager.getLogManager().reset();
    }

    private final SimBody body;

    Scene(SimBody body) {
        this.body = body;
    }

    SimReport run(long seed) {
        return run(seed, null);
    }

    /**
     * @param trace takes the trace, or null
     */
    SimReport run(long seed, Appendable trace) {
        SimOptions options = SimOptions.defaults().faults(Faults.all()).swarm(true).trace(trace);
        return Sim.run(seed, options, body);
    }

    /** A group on the host's runtimes. */
    static TardyEventLoopGroup group(SimHost host) {
        return TardyEventLoopGroup.builder().threads(1).tardy(host.tardy()).build();
    }
}
