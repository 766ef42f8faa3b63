package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to Redis that break in bad moments, and a log that is not what a room has left. */
@Timeout(180)
final class SharedChatTroubleTest {

    @TempDir private Path directory;

    /** A reset reaches who waits for an answer as another exception than an end does. */
    @ParameterizedTest
    @CsvSource({
        "IO_URING, PING", "EPOLL, PING", "POLL, PING",
        "IO_URING, SUBSCRIBE", "EPOLL, SUBSCRIBE", "POLL, SUBSCRIBE",
        "IO_URING, EVAL", "EPOLL, EVAL", "POLL, EVAL"
    })
    void aConnectionThatIsResetIsMadeAgain(AsyncType transport, String at) throws Exception {
        boolean isAtSay = at.equals("EVAL");
        try (RedisProcess redis = new RedisProcess(directory);
                AnswerThief thief =
                        new AnswerThief(
                                redis.port(),
                                isAtSay ? "said ann hello" : "\r\n" + at + "\r\n",
                                1,
                                true);
                ChatProcess one = new ChatProcess(transport, thief.port())) {
            Listening ann = one.enter("lobby", "ann");
            ann.heardUntil("here ann");
            if (at.equals("PING")) {
                ann.heardUntil("away", "back");
            }
            ann.say("hello");
            ann.heardUntil("said ann hello");
            assertThat(thief.left()).isZero();
            redis.kill(); // is seen
            ann.heardUntil("away");
            redis.start();
            ann.heardUntil("back");
        }
    }

    @Test
    void aConnectionThatHasEndedIsForgotten() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            for (String type : List.of("NORMAL", "PUBSUB", "NORMAL", "PUBSUB", "NORMAL")) {
                redis.tell("CLIENT KILL TYPE " + type);
                ann.heardUntil("away", "back");
            }
            for (String kind : List.of("", "pubsub.")) {
                String name = kind.isEmpty() ? "Connection" : "PubSubConnection";
                String of = "io.lettuce.core." + kind + "StatefulRedis" + name + "Impl";
                assertThat(one.instancesOf(of)).as(of).isEqualTo(1);
            }
        }
    }

    /** Its connections work, so there is nothing that another connection could do better. */
    @Test
    void aReplicaIsNotBackForEachConnectionToIt() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.tell("REPLICAOF 127.0.0.1 1");
            ann.heardUntil("away");
            long before = redis.info("total_connections_received");
            long count = before;
            for (int looks = 0; count < before + looks + 10; looks++) { // each look is one too
                Thread.onSpinWait();
                count = redis.info("total_connections_received");
            }
            assertThat(one.errors()).noneMatch(line -> line.endsWith("is back"));
            redis.tell("REPLICAOF NO ONE");
            ann.heardUntil("back");
            assertThat(one.errors().stream().filter(line -> line.endsWith("is back"))).hasSize(1);
        }
    }

    /** Of the longest messages. */
    @Test
    void whoCatchesUpIsNotTooSlow() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            String event =
                    "'said bob '..i..' '..string.rep('x', %d)"
                            .formatted(WebSocketChat.MESSAGE_BYTES_MAX - 4);
            redis.addToLobby(1, 300, "other", "'*'", event);
            redis.tell("PUBLISH tardy:chat:lobby news");
            for (int i = 1; i <= 300; i++) {
                assertThat(ann.nextText()).startsWith("said bob " + i + " x");
            }
        }
    }

    @Test
    void whoHasSeenNothingYetIsToldWhatItHasMissed() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.addToLobby(
                    1,
                    ChatRedis.LOG_MAX + 1,
                    "other",
                    "'MAXLEN', " + ChatRedis.LOG_MAX + ", '*'",
                    "'said bob '..i");
            redis.tell("PUBLISH tardy:chat:lobby news");
            assertThat(ann.heardUntil("said bob " + (ChatRedis.LOG_MAX + 1)))
                    .startsWith("missed", "said bob 2")
                    .hasSize(ChatRedis.LOG_MAX + 1);
        }
    }

    /** What was there before the room looked has its place before all that it has heard. */
    @Test
    void aLogThatHasLostItsEndBringsNothingOldAsNew() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            redis.addToLobby(1, 50, "older", "i..'-1'", "'said eve old'");
            redis.addToLobby(51, 200, "other", "i..'-1'", "'said bob '..i");
            Listening ann = one.enter("lobby", "ann", "said bob 101");
            ann.heardUntil("said bob 200", "here ann");
            redis.tell("XDEL tardy:chat:lobby:log 200-1");
            ann.say("after");
            assertThat(ann.heardUntil("said ann after"))
                    .containsExactly("missed", "said ann after");
        }
    }

    @Test
    void whatWaitsIsGivenToRedisBeforeTheEnd() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            Listening bob = other.enter("lobby", "bob", "here ann bob");
            ann.heardUntil("came bob");
            redis.signal("STOP");
            for (int i = 0; i <= SharedRoom.UNSENT_MAX; i++) {
                ann.say("" + i);
            }
            ann.heardUntil("unsent " + SharedRoom.UNSENT_MAX);
            one.terminate();
            while (!ann.webSocket().isInputClosed()) {
                Thread.onSpinWait();
            }
            redis.signal("CONT");
            List<String> heard = bob.heardUntil("said ann " + (SharedRoom.UNSENT_MAX - 1));
            assertThat(heard.stream().filter(event -> event.startsWith("said")))
                    .containsExactlyElementsOf(
                            IntStream.range(0, SharedRoom.UNSENT_MAX)
                                    .mapToObj(i -> "said ann " + i)
                                    .toList());
            one.awaitEnd();
        }
    }

    /** Rooms that only their messages are left in are counted, or there is no end of them. */
    @Test
    void roomsWhoseMessagesWaitAreNotForgotten() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.kill();
            ann.heardUntil("away");
            for (int i = 1; i < WebSocketChat.ROOMS_MAX; i++) {
                Listening each = one.enter("r" + i, "bob");
                each.say("hello");
                each.webSocket().sendClose(1000, "").join();
                while (!each.webSocket().isInputClosed()) {
                    Thread.onSpinWait();
                }
            }
            assertThat(one.refusedToEnter("another", "bob")).isEqualTo(503);
            redis.start();
            ann.heardUntil("back");
            while (one.refusedToEnter("another", "bob") != 101) {
                Thread.onSpinWait();
            }
        }
    }
}
