package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes of the chat that share their rooms, and what happens to their Redis meanwhile. */
@Timeout(180)
final class SharedChatTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void aRoomReachesAcrossProcesses(AsyncType transport) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(transport, redis.port());
                ChatProcess other = new ChatProcess(transport, redis.port())) {
            HttpClient http = HttpClient.newHttpClient(); // whose sockets end with the processes
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            say(ann, "first");
            assertThat(ann.nextText()).isEqualTo("said ann first");
            Listening bob = other.enter(http, "lobby", "bob");
            assertThat(bob.nextText()).isEqualTo("said ann first");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            assertThat(ann.nextText()).isEqualTo("came bob");
            say(bob, "second");
            say(bob, "third");
            for (Listening each : List.of(ann, bob)) {
                assertThat(each.nextText()).isEqualTo("said bob second");
                assertThat(each.nextText()).isEqualTo("said bob third");
            }
            Listening eve = other.enter(http, "elsewhere", "eve");
            assertThat(eve.nextText()).isEqualTo("here eve");
            bob.webSocket().sendClose(1000, "").join();
            assertThat(ann.nextText()).isEqualTo("left bob");
            one.stop();
            other.stop();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "POLL"})
    void whatIsSaidWhileRedisIsAwayIsHeardWhenItIsBack(AsyncType transport) throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(transport, redis.port());
                ChatProcess other = new ChatProcess(transport, redis.port())) {
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            Listening bob = other.enter(http, "lobby", "bob");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            assertThat(ann.nextText()).isEqualTo("came bob");
            say(ann, "before");
            assertThat(ann.nextText()).isEqualTo("said ann before");
            redis.kill();
            assertThat(ann.nextText()).isEqualTo("away");
            List<String> heardByBob = new ArrayList<>(heardUntil(bob, "away"));
            heardByBob.removeIf(event -> !event.startsWith("said")); // Redis may have been too fast
            Listening eve = one.enter(http, "lobby", "eve"); // knows nobody but who is here
            for (int i = 0; i < 100; i++) { // more than are sent at once
                say(ann, "a" + i);
                say(bob, "b" + i);
            }
            redis.start();
            say(ann, "end of ann");
            say(bob, "end of bob");
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
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            Listening bob = other.enter(http, "lobby", "bob");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            say(ann, "stolen");
            say(ann, "and the end");
            assertThat(heardUntil(bob, "said ann and the end"))
                    .filteredOn(event -> event.startsWith("said"))
                    .containsExactly("said ann stolen", "said ann and the end");
            assertThat(heardUntil(ann, "said ann and the end"))
                    .filteredOn(event -> event.startsWith("said"))
                    .containsExactly("said ann stolen", "said ann and the end");
            assertThat(thief.left()).isZero();
            Listening eve = other.enter(http, "lobby", "eve");
            assertThat(heardUntil(eve, "here ann bob eve"))
                    .containsExactly("said ann stolen", "said ann and the end", "here ann bob eve");
        }
    }

    @Test
    void whoWasAtAProcessThatIsKilledLeaves() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            for (String name : List.of("bob", "eve")) {
                Listening each = other.enter(http, "lobby", name);
                assertThat(ann.nextText()).isEqualTo("came " + name);
                assertThat(each.nextText()).startsWith("here ann bob");
            }
            other.kill();
            Listening again = one.enter(http, "lobby", "bob"); // has never been away
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
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            Listening bob = other.enter(http, "lobby", "bob");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            say(ann, "before");
            heardUntil(ann, "said ann before");
            heardUntil(bob, "said ann before");
            redis.kill();
            heardUntil(ann, "away");
            heardUntil(bob, "away");
            redis.forget();
            redis.start();
            say(ann, "after");
            say(bob, "after");
            for (Listening each : List.of(ann, bob)) {
                List<String> heard = heardUntil(each, "said ann after", "said bob after");
                assertThat(heard)
                        .contains("back", "missed")
                        .doesNotContain("said ann before", "left ann", "left bob")
                        .doesNotHaveDuplicates();
            }
            Listening eve = other.enter(http, "lobby", "eve");
            assertThat(heardUntil(eve, "here ann bob eve")) // the process remembers what Redis does
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
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            Listening bob = other.enter(http, "lobby", "bob");
            assertThat(bob.nextText()).isEqualTo("here ann bob");
            redis.signal("STOP");
            say(ann, "while it stands");
            heardUntil(ann, "away");
            redis.signal("CONT");
            say(ann, "while it goes");
            for (Listening each : List.of(ann, bob)) {
                assertThat(heardUntil(each, "said ann while it goes"))
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
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            redis.tell(refuse);
            assertThat(ann.nextText()).isEqualTo("away"); // before anybody has said anything
            say(ann, "against its will");
            redis.tell(accept);
            assertThat(heardUntil(ann, "said ann against its will", "back")).hasSize(2);
        }
    }

    @Test
    void whatAStrangerPutsIntoItsKeysIsPassedOver() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port())) {
            redis.tell("HSET tardy:chat:lobby:here stranger nonsense");
            redis.tell("XADD tardy:chat:lobby:log 1-1 from x number one event said");
            redis.tell("XADD tardy:chat:lobby:log 1-2 a b");
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            redis.tell("PUBLISH tardy:chat:lobby nonsense");
            say(ann, "hello");
            assertThat(ann.nextText()).isEqualTo("said ann hello");
        }
    }

    /** Nobody has to wait for what cannot be. */
    @Test
    void aProcessEndsWhileRedisIsAway() throws Exception {
        try (RedisProcess redis = new RedisProcess(directory);
                ChatProcess one = new ChatProcess(AsyncType.AUTO, redis.port());
                ChatProcess other = new ChatProcess(AsyncType.AUTO, redis.port())) {
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            Listening bob = other.enter(http, "lobby", "bob");
            heardUntil(ann, "came bob");
            redis.kill();
            heardUntil(ann, "away");
            heardUntil(bob, "away");
            say(bob, "too late");
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
            HttpClient http = HttpClient.newHttpClient();
            Listening ann = one.enter(http, "lobby", "ann");
            assertThat(ann.nextText()).isEqualTo("here ann");
            redis.kill();
            heardUntil(ann, "away");
            for (int i = 0; i <= SharedRoom.UNSENT_MAX; i++) {
                say(ann, "" + i);
            }
            assertThat(ann.nextText()).isEqualTo("unsent " + SharedRoom.UNSENT_MAX);
            redis.start();
            List<String> heard = heardUntil(ann, "said ann " + (SharedRoom.UNSENT_MAX - 1));
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

    private static void say(Listening who, String text) {
        who.webSocket().sendText(text, true).join();
    }

    /** Until it has heard all of them. */
    private static List<String> heardUntil(Listening who, String... last) throws Exception {
        List<String> heard = new ArrayList<>();
        while (!heard.containsAll(List.of(last))) {
            heard.add(who.nextText());
        }
        return heard;
    }

    private static List<String> saidUntilBothEnd(Listening who) throws Exception {
        return heardUntil(who, "said ann end of ann", "said bob end of bob").stream()
                .filter(event -> event.startsWith("said"))
                .toList();
    }
}
