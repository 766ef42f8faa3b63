package io.tardy.examples.sim;

import io.tardy.examples.FrameHttp;
import io.tardy.examples.NettyHttp;
import java.util.List;

/** All scenarios. */
public final class Scenarios {

    private static final List<Scenario> ALL =
            List.of(
                    new BarrierScenario(),
                    new CallScenario(),
                    new ChannelScenario(),
                    new ChatScenario(),
                    new DeadlinesScenario(),
                    new EchoScenario(),
                    new FilesScenario(),
                    new GatewayScenario("frame-gateway", GatewayScenario::onFrames),
                    new GatewayScenario("gateway", GatewayScenario::onSockets),
                    new HttpScenario("frame-http", FrameHttp::new),
                    new HttpScenario("netty-http", NettyHttp::new),
                    new ProxyScenario(),
                    new RetryScenario(),
                    new ScopesScenario(),
                    new ShardedScenario(),
                    new ShutdownScenario(),
                    new SpscScenario(),
                    new StoreScenario(),
                    new UdpScenario(),
                    new UnixScenario());

    private Scenarios() {}

    /** In the order in which they are listed. */
    public static List<Scenario> all() {
        return ALL;
    }

    /** The scenario that a seed runs if none is named. */
    public static Scenario of(long seed) {
        return ALL.get((int) Math.floorMod(seed, (long) ALL.size()));
    }
}
