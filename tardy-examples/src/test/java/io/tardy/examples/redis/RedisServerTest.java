package io.tardy.examples.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.aio.AsyncType;
import io.tardy.examples.OnEachTransport;
import io.tardy.examples.redis.RunningRedis.Client;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RedisServerTest {

    @TempDir private Path directory;

    @OnEachTransport
    void valuesAndCounters(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, null);
                Client client = redis.client()) {
            client.ask("PING", "+PONG\r\n")
                    .ask("SET a 1", "+OK\r\n")
                    .ask("INCRBY a 41", ":42\r\n")
                    .ask("GET a", "$2\r\n42\r\n")
                    .ask("SET a xyz", "+OK\r\n")
                    .ask("INCR a", "-ERR that is no integer of 64 bits\r\n")
                    .ask("SET a 9223372036854775807", "+OK\r\n")
                    .ask("INCR a", "-ERR the result is no integer of 64 bits\r\n")
                    .ask("INCR b", ":1\r\n")
                    .ask("SET a 1 NX", "-ERR the command has another number of arguments\r\n")
                    .ask("DEL a b x", ":2\r\n")
                    .ask("GET a", "$-1\r\n")
                    .ask("HELLO 3", "-ERR unknown command 'HELLO'\r\n");
        }
    }

    /** Written by one send, or by one for each byte. */
    @OnEachTransport
    void requestsThatArriveTogetherAreAnsweredInOrder(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, directory);
                Client client = redis.client()) {
            StringBuilder requests = new StringBuilder();
            StringBuilder replies = new StringBuilder();
            for (int i = 1; i <= 20_000; i++) {
                requests.append("*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n");
                replies.append(":").append(i).append("\r\n");
            }
            CompletableFuture<Void> sent =
                    CompletableFuture.runAsync(() -> sendAll(client, requests.toString()));
            client.expect(replies.toString());
            sent.get(30, TimeUnit.SECONDS);
            for (char c : "*2\r\n$3\r\nGET\r\n$1\r\nn\r\n".toCharArray()) {
                client.send(String.valueOf(c));
            }
            client.expect("$5\r\n20000\r\n");
        }
    }

    private static void sendAll(Client client, String text) {
        try {
            client.send(text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @OnEachTransport
    void whatIsNoRequestIsToldSoAndNothingAfterItIsDone(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, null);
                Client other = redis.client();
                Client client = redis.client()) {
            client.send("SET a 1\r\n*1\r\n*1\r\n$8\r\nFLUSHALL\r\nFLUSHALL\r\n");
            assertThat(client.rest())
                    .isEqualTo(
                            "+OK\r\n-ERR Protocol error: a request is an array of strings: here is"
                                    + " to be a $, not *\r\n");
            other.ask("GET a", "$1\r\n1\r\n")
                    .ask("GET", "-ERR the command has another number of arguments\r\n")
                    .send("*1\r\n$9\r\nno\r\n+OK\r\n\r\n")
                    .expect("-ERR unknown command 'no??+OK??'\r\n");
        }
    }

    @OnEachTransport
    void messagesGoToWhoHasSubscribed(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, null);
                Client reader = redis.client();
                Client writer = redis.client()) {
            reader.ask("UNSUBSCRIBE", "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n");
            reader.ask("SUBSCRIBE a b", "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
                    .expect("*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n")
                    .ask("PING", "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
            reader.ask("GET a", "-ERR whoever has subscribed may only subscribe,");
            reader.expect(" unsubscribe and PING\r\n");
            writer.ask("PUBLISH a hello", ":1\r\n").ask("PUBLISH c hello", ":0\r\n");
            reader.expect("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n")
                    .ask("UNSUBSCRIBE a", "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n");
            writer.ask("PUBLISH a x", ":0\r\n").ask("PUBLISH b y", ":1\r\n");
        }
    }

    /** A reset, in the midst of messages, is worth no line in the log, and no failed frame. */
    @OnEachTransport
    void subscribersWhoVanishAreForgotten(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, directory);
                Client writer = redis.client()) {
            for (int i = 0; i < 20; i++) {
                try (Client reader = redis.subscriber()) {
                    writer.ask("PUBLISH a x", ":1\r\n");
                    reader.reset();
                }
                String reply = ":1\r\n";
                while (!reply.equals(":0\r\n")) {
                    writer.send("PUBLISH a x\r\n");
                    reply = writer.next(4);
                }
            }
            assertThat(redis.framesFailed()).isZero();
        }
    }

    /** Who reads nothing costs the others nothing, and is cut with what did not fit. */
    @OnEachTransport
    void aSlowSubscriberIsCut(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, null);
                Client slow = redis.subscriber();
                Client writer = redis.client()) {
            String publish = "*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$100000\r\n" + "x".repeat(100_000);
            String reply = ":1\r\n";
            int sent = 0;
            for (; reply.equals(":1\r\n") && sent < 2_000; sent++) {
                writer.send(publish + "\r\n");
                reply = writer.next(4);
            }
            assertThat(reply).isEqualTo(":0\r\n");
            assertThat(sent).isGreaterThan(80);
            assertThat(slow.rest().length()).isLessThan(sent * 100_050);
            writer.ask("PING", "+PONG\r\n");
        }
    }

    @OnEachTransport
    void whatWasAnsweredIsThereAfterADrain(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, directory);
                Client idle = redis.client();
                Client subscriber = redis.subscriber();
                Client client = redis.client()) {
            idle.ask("PING", "+PONG\r\n");
            client.ask("SET a 1", "+OK\r\n")
                    .ask("set gone 1", "+OK\r\n")
                    .ask("incrby a 11", ":12\r\n")
                    .ask("del gone", ":1\r\n")
                    .ask("PUBLISH a bye", ":1\r\n");
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(redis::drain);
            assertThat(idle.rest()).isEmpty();
            assertThat(subscriber.rest())
                    .isEqualTo("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\nbye\r\n");
            assertThat(client.rest()).isEmpty();
            assertThat(ended.get(30, TimeUnit.SECONDS)).isTrue();
        }
        try (RunningRedis redis = new RunningRedis(transport, directory);
                Client client = redis.client()) {
            client.ask("GET a", "$2\r\n12\r\n").ask("GET gone", "$-1\r\n");
        }
    }

    @OnEachTransport
    void memoryIsBounded(AsyncType transport) throws Exception {
        RedisServer server = new RedisServer(100_000, 1 << 20);
        try (RunningRedis redis = new RunningRedis(transport, null, server);
                Client client = redis.client();
                Client greedy = redis.client()) {
            client.ask("SET a " + "x".repeat(60_000), "+OK\r\n")
                    .ask("SET b " + "x".repeat(60_000), "+OK\r\n")
                    .ask(
                            "SET c 1",
                            "-OOM the data takes all of the memory that it may have, 100000"
                                    + " bytes\r\n")
                    .ask("DEL a", ":1\r\n")
                    .ask("SET c 1", "+OK\r\n");
            greedy.send("*1\r\n$3000000\r\n");
            try {
                greedy.send("x".repeat(3_000_000));
            } catch (IOException e) {
                // it was cut before it had sent all
            }
            assertThat(greedy.rest()).contains("ERR all connections together take too much memory");
            client.ask("PING", "+PONG\r\n");
        }
    }

    /** A subscriber's reply goes behind what waits for it. */
    @OnEachTransport
    void manyMessagesComeInOrder(AsyncType transport) throws Exception {
        try (RunningRedis redis = new RunningRedis(transport, directory);
                Client reader = redis.subscriber();
                Client writer = redis.client()) {
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            StringBuilder requests = new StringBuilder();
            for (int i = 1000; i < 3000; i++) {
                requests.append("SET k ")
                        .append(i)
                        .append("\r\nPUBLISH a ")
                        .append(i)
                        .append("\r\n");
                expected.writeBytes(
                        ("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\n" + i + "\r\n").getBytes());
            }
            writer.send(requests.toString()).expect("+OK\r\n:1\r\n".repeat(2000));
            reader.expect(expected.toString());
        }
    }
}
