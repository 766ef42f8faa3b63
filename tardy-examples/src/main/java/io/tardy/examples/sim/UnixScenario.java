package io.tardy.examples.sim;

import io.tardy.examples.Echo;
import io.tardy.net.Socket;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@link Echo} over sockets of the Unix domain, between runtimes of a host: no network is between
 * them, so all comes back.
 */
final class UnixScenario implements Scenario {

    private static final Path PATH = Path.of("/run/echo");

    @Override
    public String name() {
        return "unix";
    }

    @Override
    public void run(Sim sim) throws Exception {
        int runtimes = 1 + sim.random(3);
        SimHost host = sim.host("host").runtimes(runtimes);
        Socket listener = Socket.unix(host.tardy(), PATH).bind().listen(4 + sim.random(8));
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        List<EchoClient> clients = new ArrayList<>();
        for (int i = 1 + sim.random(4); i > 0; i--) {
            clients.add(new EchoClient(random.split()));
        }
        int all = clients.size();
        List<EchoClient> ended = new ArrayList<>();
        host.start(
                rt -> {
                    Echo.start(rt, listener);
                    for (int i = rt.id(); i < all; i += runtimes) {
                        EchoClient client = clients.get(i);
                        rt.spawn(
                                "client " + i,
                                () -> {
                                    try (Socket socket = Socket.unix(PATH)) {
                                        client.talk(socket.connect());
                                    }
                                    ended.add(client);
                                    if (ended.size() == all) {
                                        listener.close();
                                    }
                                });
                    }
                });
        host.await();
        Check.equal(all, ended.size(), "clients that have ended");
        Check.equal(List.of(), host.openSockets(), "sockets left");
    }
}
