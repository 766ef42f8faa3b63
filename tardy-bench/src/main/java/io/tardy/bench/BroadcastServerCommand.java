package io.tardy.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The server of {@link BroadcastCommand}, in a process of its own. It does what it is told, word by
 * word, and prints its figures; on {@code stop}, or when nobody is there to say it, it ends.
 */
@Command(
        name = "broadcast-server",
        hidden = true,
        description = "The server of broadcast, which starts it.",
        mixinStandardHelpOptions = true)
final class BroadcastServerCommand implements Callable<Integer> {

    private static final Duration GRACE = Duration.ofSeconds(20);

    @Mixin private BroadcastOptions options;

    @Override
    public Integer call() throws Exception {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        BroadcastServer server = new BroadcastServer(options);
        server.listen();
        for (String line; (line = in.readLine()) != null && !line.equals("stop"); ) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "measure" -> Memory.settled().print("before");
                case "rehearse" -> {
                    server.awaitConnections(Integer.parseInt(words[1]));
                    server.rehearse();
                }
                case "go" -> {
                    server.awaitConnections(Integer.parseInt(words[1]));
                    server.broadcast();
                }
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("done");
        }
        boolean isDown = server.shutdown(GRACE);
        System.out.println("shutdown " + (isDown ? 1 : 0));
        server.printEnds("stopped");
        Memory.settled().print("stopped");
        System.out.println("done");
        return isDown ? 0 : 1;
    }
}
