package io.tardy.examples.sim;

import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.examples.HttpHead;
import io.tardy.net.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/** A server of HTTP that answers each request with its first line, sometimes late. */
final class SlowBackend {

    private static final int DELAY_MS_MAX = 7_000;

    private final SplittableRandom random;
    private final Set<String> posted = new HashSet<>();
    private String postedTwice;

    SlowBackend(long seed) {
        this.random = new SplittableRandom(seed);
    }

    void start(int port) throws IOException {
        Socket listener = Socket.tcp("0.0.0.0", port).bind().listen(16);
        TardyRuntime.current().spawn("accept", () -> listener.serve(this::serve));
    }

    /** Each POST of a client has a path of its own. */
    void requireNoneTwice() {
        Check.equal(null, postedTwice, "what was done twice");
    }

    private void serve(Socket peer) throws Exception {
        ByteBuffer in = ByteBuffer.allocate(8192).limit(0);
        for (; ; ) {
            HttpHead request = HttpHead.take(in);
            if (request != null) {
                answer(peer, request.method() + " " + request.target());
            } else {
                int count = peer.recv(in.compact());
                in.flip();
                if (count < 0) {
                    return;
                }
            }
        }
    }

    private void answer(Socket peer, String line) throws IOException {
        if (line.startsWith("POST") && !posted.add(line)) {
            postedTwice = line;
        }
        if (random.nextInt(8) == 0) {
            Frame.delay(Duration.ofMillis(random.nextInt(DELAY_MS_MAX)));
        }
        boolean isLast = random.nextInt(8) == 0;
        String answer =
                "HTTP/1.1 200 OK\r\n"
                        + (isLast ? "Connection: close\r\n" : "")
                        + "Content-Length: "
                        + line.length()
                        + "\r\n\r\n"
                        + line;
        peer.sendAll(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
        if (isLast) {
            peer.shutdownOutput();
        }
    }
}
