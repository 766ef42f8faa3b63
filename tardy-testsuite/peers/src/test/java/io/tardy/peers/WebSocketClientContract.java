package io.tardy.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every client library must be able to do with our server. */
interface WebSocketClientContract {

    int CLOSES = 150;

    WebSocketPeer peer() throws Exception;

    /** The server's; some libraries meet another one. */
    default AsyncType transport() {
        return AsyncType.IO_URING;
    }

    /** Whether the library has permessage-deflate. */
    default boolean compresses() {
        return true;
    }

    /** Whether it always shows a message that comes after it has sent its close frame. */
    default boolean hearsAfterItsClose() {
        return true;
    }

    /** A test's use of the library. */
    @FunctionalInterface
    interface Body {
        void run(WebSocketPeer peer, EchoServer server) throws Exception;
    }

    private void with(boolean compression, Body body) throws Exception {
        try (EchoServer server = new EchoServer(transport(), compression);
                WebSocketPeer peer = peer()) {
            body.run(peer, server);
        }
    }

    private static List<Object> messages() {
        Random random = new Random(1);
        byte[] few = new byte[5];
        byte[] many = new byte[1 << 20];
        random.nextBytes(few);
        random.nextBytes(many);
        return Stream.<Object>concat(
                        Stream.of("", "hello", "größe 日本", "x".repeat(200_000), few, many),
                        // What compresses well because it was said before.
                        IntStream.range(0, 20)
                                .mapToObj(i -> "{number: " + i + ", text: the same each time}"))
                .toList();
    }

    private static void converse(Visit visit) throws Exception {
        for (Object message : messages()) {
            if (message instanceof byte[] bytes) {
                visit.send(bytes);
            } else {
                visit.send((String) message);
            }
            assertThat(visit.next()).isEqualTo(message);
        }
        visit.close(1000, "done");
        assertThat(visit.next()).isEqualTo(new Visit.Closed(1000, "done"));
    }

    @Test
    default void everyMessageComesBack() throws Exception {
        everyMessageComesBackPlain(false);
    }

    @Test
    default void compressionIsDeclined() throws Exception {
        everyMessageComesBackPlain(true);
    }

    private void everyMessageComesBackPlain(boolean offersCompression) throws Exception {
        with(
                false,
                (peer, server) -> {
                    Visit visit = peer.connect(server.uri("/"), offersCompression);
                    assertThat(visit.extensions()).isEmpty();
                    converse(visit);
                });
    }

    @Test
    default void everyCompressedMessageComesBack() throws Exception {
        with(
                true,
                (peer, server) -> {
                    Visit visit = peer.connect(server.uri("/"), true);
                    if (compresses()) {
                        assertThat(visit.extensions()).startsWith("permessage-deflate");
                    }
                    converse(visit);
                });
    }

    @Test
    default void plainCloses() throws Exception {
        with(
                false,
                (peer, server) -> {
                    for (int i = 0; i < CLOSES; i++) {
                        Visit visit = peer.connect(server.uri("/"), false);
                        visit.close(1000, "done");
                        assertThat(visit.next()).isEqualTo(new Visit.Closed(1000, "done"));
                    }
                });
    }

    @Test
    default void aCloseBehindAMessage() throws Exception {
        for (boolean compression : new boolean[] {false, true}) {
            with(
                    compression,
                    (peer, server) -> {
                        for (int i = 0; i < CLOSES; i++) {
                            Visit visit = peer.connect(server.uri("/"), compression);
                            visit.send("last");
                            visit.close(1000, "done");
                            Object heard = visit.next();
                            if (hearsAfterItsClose()) {
                                assertThat(heard).isEqualTo("last");
                            }
                            assertThat("last".equals(heard) ? visit.next() : heard)
                                    .isEqualTo(new Visit.Closed(1000, "done"));
                        }
                    });
        }
    }

    @Test
    default void theServerGoesFirst() throws Exception {
        with(
                false,
                (peer, server) -> {
                    for (int i = 0; i < CLOSES; i++) {
                        Visit visit = peer.connect(server.uri("/leave"), false);
                        assertThat(visit.next()).isEqualTo(new Visit.Closed(4001, "enough"));
                    }
                });
    }
}
