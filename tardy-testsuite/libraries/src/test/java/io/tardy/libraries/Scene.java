package io.tardy.libraries;

import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimBody;
import io.tardy.sim.SimHost;
import io.tardy.sim.SimOptions;
import io.tardy.sim.SimReport;
import io.tardy.sim.faults.Faults;
import java.time.Duration;
import java.util.function.Function;
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

    /**
     * Two clients; the network parts one of them from the server, and heals.
     *
     * @param clients starts the one of this name
     * @param wholeMillisMax how long both reach the server at first, at most
     * @param partedMillisMax how long one of them does not, at most
     * @param strike what goes wrong meanwhile
     */
    static void withOneParted(
            Sim sim,
            SimHost server,
            Function<String, SimHost> clients,
            int wholeMillisMax,
            int partedMillisMax,
            SimBody strike)
            throws Exception {
        SimHost parted = clients.apply("parted");
        SimHost other = clients.apply("other");
        sim.delay(Duration.ofMillis(sim.random(wholeMillisMax)));
        sim.partition(server, parted);
        sim.delay(Duration.ofMillis(sim.random(partedMillisMax)));
        strike.run(sim);
        sim.heal();
        parted.await();
        other.await();
    }

    /** Kills a server, and starts it again within a second. */
    static void restart(Sim sim, SimHost server) throws Exception {
        server.kill();
        sim.delay(Duration.ofMillis(sim.random(1_000)));
        server.restart();
    }

    /** A group on the host's runtimes. */
    static TardyEventLoopGroup group(SimHost host) {
        return TardyEventLoopGroup.builder().threads(1).tardy(host.tardy()).build();
    }
}
