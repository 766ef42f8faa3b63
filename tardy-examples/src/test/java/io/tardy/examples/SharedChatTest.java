package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes of the chat that share their rooms, and what happens to their Redis meanwhile. */
@Timeout(180)
final class SharedChatTest {

    @TempDir private Path directory;

    @OnEachTransport
    void aRoomReachesAcrossProcesses(AsyncType transport) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(transport, redis.port());
                ChatProcess other = new ChatProcess(transport, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            ann.say("first");
            assertThat(ann.nextText()).isEqualTo("said ann first");
            Listening bob = other.enter("lobby", "bob", "said ann first");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            assertThat(ann.nextText()).isEqualTo("came bob");
            bob.say("second");
            bob.say("third");
            for (Listening each : List.of(ann, bob)) {
                assertThat(each.nextText()).isEqualTo("said bob second");
                assertThat(each.nextText()).isEqualTo("said bob third");
            }
            Listening eve = other.enter("elsewhere", "eve", "here eve");
            bob.webSocket().sendClose(1000, "").join();
            assertThat(ann.nextText()).isEqualTo("left bob");
            one.stop();
            other.stop();
        }
    }

    @OnEachTransport
    void whatIsSaidWhileRedisIsAwayIsHeardWhenItIsBack(AsyncType transport) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(transport, redis.port());
                ChatProcess other = new ChatProcess(transport, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            Listening bob = other.enter("lobby", "bob", "here ann bob");
            assertThat(ann.nextText()).isEqualTo("came bob");
            ann.say("before");
            assertThat(ann.nextText()).isEqualTo("said ann before");
            redis.kill();
            assertThat(ann.nextText()).isEqualTo("away");
            List<String> heardByBob = new ArrayList<>(bob.heardUntil("away"));
            heardByBob.removeIf(event -> !event.startsWith("said")); // Redis may have been too fast
            Listening eve = one.enter("lobby", "eve"); // knows nobody but who is here
            for (int i = 0; i < 100; i++) { // more than are sent at once
                ann.say("a" + i);
                bob.say("b" + i);
            }
            redis.start();
            ann.say("end of ann");
            bob.say("end of bob");
            List<String> heardByAnn = new ArrayList<>(List.of("said ann before"));
            heardByAnn.addAll(saidUntilBothEnd(ann));
            heardByBob.addAll(saidUntilBothEnd(bob));
            assertThat(heardByBob).isEqualTo(heardByAnn);
            assertThat(saidUntilBothEnd(eve)).containsSubsequence("said ann end of ann");
            for (String name : List.of("ann", "bob")) {
                List<String> expected = new ArrayList<>();
                if (name.equals("ann")) {
                    expected.add("said ann before");
                }
                for (int i = 0; i < 100; i++) {
                    expected.add("said " + name + " " + name.charAt(0) + i);
                }
                expected.add("said " + name + " end of " + name);
                assertThat(heardByAnn.stream().filter(e -> e.startsWith("said " + name)))
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void whatIsSaidAgainForWantOfAnAnswerIsHeardOnce() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                AnswerThief thief = new AnswerThief(redis.port(), "said ann stolen", 2);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, thief.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            Listening bob = other.enter("lobby", "bob", "here ann bob");
            ann.say("stolen");
            ann.say("and the end");
            assertThat(bob.heardUntil("said ann and the end"))
                    .filteredOn(event -> event.startsWith("said"))
                    .containsExactly("said ann stolen", "said ann and the end");
            assertThat(ann.heardUntil("said ann and the end"))
                    .filteredOn(event -> event.startsWith("said"))
                    .containsExactly("said ann stolen", "said ann and the end");
            assertThat(thief.left()).isZero();
            Listening eve = other.enter("lobby", "eve");
            assertThat(eve.heardUntil("here ann bob eve"))
                    .containsExactly("said ann stolen", "said ann and the end", "here ann bob eve");
        }
    }

    @Test
    void whoWasAtAProcessThatIsKilledLeaves() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            for (String name : List.of("bob", "eve")) {
                Listening each = other.enter("lobby", name);
                assertThat(ann.nextText()).isEqualTo("came " + name);
                assertThat(each.nextText()).startsWith("here ann bob");
            }
            other.kill();
            Listening again = one.enter("lobby", "bob"); // has never been away
            assertThat(again.nextText()).isEqualTo("here ann bob eve");
            assertThat(ann.nextText()).isEqualTo("left eve");
            assertThat(again.nextText()).isEqualTo("left eve");
        }
    }

    @Test
    void aRedisThatComesBackEmptyIsFilledAgain() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            Listening bob = other.enter("lobby", "bob", "here ann bob");
            ann.say("before");
            ann.heardUntil("said ann before");
            bob.heardUntil("said ann before");
            redis.kill();
            ann.heardUntil("away");
            bob.heardUntil("away");
            redis.forget();
            redis.start();
            ann.say("after");
            bob.say("after");
            for (Listening each : List.of(ann, bob)) {
                List<String> heard = each.heardUntil("said ann after", "said bob after");
                assertThat(heard)
                        .contains("back", "missed")
                        .doesNotContain("said ann before", "left ann", "left bob")
                        .doesNotHaveDuplicates();
            }
            Listening eve = other.enter("lobby", "eve");
            assertThat(eve.heardUntil("here ann bob eve")) // the process remembers what Redis does
                    // not
                    .hasSize(4)
                    .doesNotHaveDuplicates();
        }
    }

    /** Its connections are open, and nothing comes. */
    @Test
    void aRedisThatStandsStillIsAway() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            Listening bob = other.enter("lobby", "bob", "here ann bob");
            redis.signal("STOP");
            ann.say("while it stands");
            ann.heardUntil("away");
            redis.signal("CONT");
            ann.say("while it goes");
            for (Listening each : List.of(ann, bob)) {
                assertThat(each.heardUntil("said ann while it goes"))
                        .filteredOn(event -> event.startsWith("said"))
                        .containsExactly("said ann while it stands", "said ann while it goes");
            }
        }
    }

    /**
     * As after a failover, where the connections lead to what is a replica now; or without memory.
     */
    @ParameterizedTest
    @CsvSource({
        "REPLICAOF 127.0.0.1 1, REPLICAOF NO ONE",
        "CONFIG SET maxmemory 1, CONFIG SET maxmemory 0"
    })
    void aRedisThatRefusesToWriteIsAway(String refuse, String accept) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.tell(refuse);
            assertThat(ann.nextText()).isEqualTo("away"); // before anybody has said anything
            ann.say("against its will");
            redis.tell(accept);
            assertThat(ann.heardUntil("said ann against its will", "back")).hasSize(2);
        }
    }

    @Test
    void whatAStrangerPutsIntoItsKeysIsPassedOver() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            redis.tell("HSET tardy:chat:lobby:here stranger nonsense");
            redis.tell("XADD tardy:chat:lobby:log 1-1 from x number one event said");
            redis.tell("XADD tardy:chat:lobby:log 1-2 a b");
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.tell("PUBLISH tardy:chat:lobby nonsense");
            ann.say("hello");
            assertThat(ann.nextText()).isEqualTo("said ann hello");
        }
    }

    /** Nobody has to wait for what cannot be. */
    @Test
    void aProcessEndsWhileRedisIsAway() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann");
            Listening bob = other.enter("lobby", "bob");
            ann.heardUntil("came bob");
            redis.kill();
            ann.heardUntil("away");
            bob.heardUntil("away");
            bob.say("too late");
            one.stop();
            other.stop();
            assertThat(other.errors())
                    .contains("tardy: 1 messages of the room lobby did not reach Redis");
        }
    }

    @Test
    void whoSaysTooMuchWhileRedisIsAwayIsTold() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            Listening ann = one.enter("lobby", "ann", "here ann");
            redis.kill();
            ann.heardUntil("away");
            for (int i = 0; i <= SharedRoom.UNSENT_MAX; i++) {
                ann.say("" + i);
            }
            assertThat(ann.nextText()).isEqualTo("unsent " + SharedRoom.UNSENT_MAX);
            redis.start();
            List<String> heard = ann.heardUntil("said ann " + (SharedRoom.UNSENT_MAX - 1));
            assertThat(heard.stream().filter(event -> event.startsWith("said")))
                    .hasSize(SharedRoom.UNSENT_MAX);
        }
    }

    @Test
    void withoutRedisItDoesNotStart() throws Exception {
        int port;
        try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = nobody.getLocalPort();
        }
        for (AsyncType transport : List.of(AsyncType.IO_URING, AsyncType.EPOLL, AsyncType.POLL)) {
            assertThat(ChatProcess.refusal(transport, port))
                    .singleElement()
                    .asString()
                    .startsWith("tardy: cannot use Redis at 127.0.0.1:" + port + ": ")
                    .contains("Connection refused");
        }
    }

    private static List<String> saidUntilBothEnd(Listening who) throws Exception {
        return who.heardUntil("said ann end of ann", "said bob end of bob").stream()
                .filter(event -> event.startsWith("said"))
                .toList();
    }
}
