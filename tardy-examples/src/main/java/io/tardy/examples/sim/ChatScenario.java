package io.tardy.examples.sim;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.examples.WebSocketChat;
import io.tardy.netty.TardyEventLoopGroup;
import io.tardy.sim.Sim;
import io.tardy.sim.SimHost;
import io.tardy.sim.faults.Faults;
import io.tardy.websocket.WebSocketClient;
import io.tardy.websocket.WebSocketConnection;
import io.tardy.websocket.WebSocketMessage;
import io.tardy.websocket.WebSocketServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * {@link WebSocketChat} and its members, some of whom do not read, and some of whom die: all who
 * live see the same lines in the same order, and those who are too slow are told so.
 */
final class ChatScenario implements Scenario {

    private static final int PORT = 8080;
    private static final int LINES = 8;
    private static final int OUTBOUND_BYTES_MAX = 16 * 1024;
    private static final Duration EVENING = Duration.ofSeconds(20);
    private static final int TOO_SLOW = 1013;

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public void run(Sim sim) throws Exception {
        SimHost server = sim.host("server").tolerate(IOException.class);
        int loops = 1 + sim.random(3);
        WebSocketServer[] chat = new WebSocketServer[1];
        server.start(
                rt -> {
                    TardyEventLoopGroup group =
                            TardyEventLoopGroup.builder()
                                    .threads(loops)
                                    .tardy(server.tardy())
                                    .build();
                    chat[0] =
                            new WebSocketChat()
                                    .server()
                                    .outboundBytesMax(OUTBOUND_BYTES_MAX)
                                    .group(group)
                                    .build();
                    rt.spawn("bind", () -> chat[0].bind(new InetSocketAddress(PORT)));
                });
        sim.delay(Duration.ofMillis(1));
        List<Member> members = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(sim.random(1 << 30));
        SimHost living = startMembers(sim, "living", 2 + sim.random(2), false, random, members);
        SimHost sleeping = startMembers(sim, "sleeping", sim.random(2), true, random, members);
        SimHost dying = startMembers(sim, "dying", sim.random(3), false, random, members);
        sim.delay(Duration.ofMillis(sim.random(500)));
        if (dying.isRunning()) {
            dying.kill();
        }
        living.await();
        sleeping.await();
        check(sim, members);
        sim.delay(Duration.ofMinutes(3)); // the server pings who is idle
        Check.equal(0, chat[0].connections(), "connections of the server");
        Check.equal(1, server.openSockets().size(), "sockets of the server with its listener");
    }

    private static SimHost startMembers(
            Sim sim,
            String host,
            int count,
            boolean sleeps,
            SplittableRandom random,
            List<Member> members) {
        List<Member> here = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            here.add(new Member(host + "-" + i, sleeps, random.split()));
        }
        members.addAll(here);
        return sim.host(host)
                .start(rt -> here.forEach(member -> rt.spawn(member.name, member::visit)));
    }

    private static void check(Sim sim, List<Member> members) {
        List<String> longest = List.of();
        for (Member member : members) {
            longest = member.said.size() > longest.size() ? member.said : longest;
        }
        for (Member member : members) {
            Check.equal(
                    longest.subList(0, member.said.size()), member.said, "what " + member + " saw");
            Check.that(
                    !member.wasDropped || member.closeCode == TOO_SLOW || member.closeCode == 1006,
                    member + " was dropped with code " + member.closeCode);
        }
        for (Member member : members) {
            int next = 0;
            for (String line : longest) {
                if (line.startsWith("said " + member.name + " ")) {
                    Check.that(
                            line.startsWith("said " + member.name + " " + next + " "),
                            line + " comes in the place of line " + next);
                    next++;
                }
            }
            boolean isPerfect = sim.faults().equals(Faults.none());
            if (isPerfect && member.name.startsWith("living")) {
                Check.equal(LINES, next, "lines of " + member);
                Check.equal(longest, member.said, "all that " + member + " saw");
            }
        }
    }

    /** One who comes, speaks, listens and goes. */
    private static final class Member {

        private final String name;
        private final boolean sleeps;
        private final SplittableRandom random;
        private final List<String> said = new ArrayList<>();
        private boolean wasDropped;
        private int closeCode;

        Member(String name, boolean sleeps, SplittableRandom random) {
            this.name = name;
            this.sleeps = sleeps;
            this.random = random;
        }

        void visit() throws IOException {
            URI uri = URI.create("ws://server:" + PORT + "/rooms/lobby?name=" + name);
            try (WebSocketConnection ws = WebSocketClient.builder().build().connect(uri)) {
                Frame<?> speaking =
                        io.tardy.TardyRuntime.current().spawn(name + " speaks", () -> speak(ws));
                try {
                    if (sleeps) {
                        Frame.delay(EVENING.minusSeconds(2));
                    }
                    Deadline.within(EVENING, () -> listen(ws));
                } catch (DeadlineExceededException e) {
                    // time to go
                } finally {
                    speaking.cancel();
                }
            } catch (CancelledException e) {
                throw e;
            } catch (IOException e) {
                // the connection broke
            }
        }

        private void speak(WebSocketConnection ws) throws IOException {
            try {
                for (int i = 0; i < LINES; i++) {
                    Frame.delay(Duration.ofMillis(random.nextInt(200)));
                    ws.sendText(i + " " + "x".repeat(random.nextInt(600)));
                }
            } catch (CancelledException e) {
                throw e;
            } catch (IOException e) {
                // the listener sees it too
            }
        }

        private void listen(WebSocketConnection ws) throws IOException {
            for (WebSocketMessage message; (message = ws.receive()) != null; ) {
                if (message instanceof WebSocketMessage.Text text
                        && text.text().startsWith("said ")) {
                    said.add(text.text());
                }
            }
            wasDropped = true;
            closeCode = ws.closeCode();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
