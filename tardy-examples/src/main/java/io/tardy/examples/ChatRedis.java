package io.tardy.examples;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.CancelledException;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.TardyEventLoopGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The two connections of a chat to its Redis, on the group's own loops: one for questions, and one
 * where the channel of each room says that there is something new. A message on a channel has no
 * content: one that is lost, while Redis is away for example, loses nothing.
 *
 * <p>Lettuce would connect again by itself, and send again what had no answer. Here a frame keeps
 * the connections, so that the rooms know when Redis is away, and say for themselves what goes
 * again.
 */
final class ChatRedis {

    /** How many messages a room's log keeps: who was away for more has missed some. */
    static final int LOG_MAX = 1000;

    /** How many of them come at once. No more than a member's queue has room for. */
    static final int ENTRIES_MAX = ChatRoom.HISTORY_MAX;

    /** How often a room says who is here, and looks whether there is something new, unasked. */
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** A process that does not say so for this long has nobody there. */
    static final Duration PRESENCE = HEARTBEAT.multipliedBy(3);

    private static final Duration LOG_KEPT = Duration.ofDays(1);

    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration CONNECT_MAX = Duration.ofSeconds(3);
    private static final Duration CHECK = Duration.ofSeconds(5);
    private static final long RETRY_MS_MIN = 100;
    private static final long RETRY_MS_MAX = 5000;

    private static final String SAY = script("say.lua");
    private static final String HERE = script("here.lua");

    /** What a room lacked of its log. */
    record Log(boolean isIncomplete, List<Entry> entries) {}

    /** A message in a room's log: the number is its origin's own. */
    record Entry(String id, String origin, long number, String event) {}

    private record Links(
            StatefulRedisConnection<String, String> questions,
            StatefulRedisPubSubConnection<String, String> channels) {

        boolean areOpen() {
            return questions.isOpen() && channels.isOpen();
        }

        /** Also what has ended: Lettuce keeps it until it is closed. */
        void close() {
            questions.closeAsync();
            channels.closeAsync();
        }
    }

    private final RedisClient client;
    private final RedisURI uri;
    private final String name;
    private final Map<String, SharedRoom> rooms = new ConcurrentHashMap<>();
    private final Semaphore disturbances = new Semaphore(0);

    /** Null while Redis is away. */
    private volatile Links links;

    /** What has been complained about since Redis came. */
    private volatile String complaint = "";

    private ChatRedis(RedisClient client, RedisURI uri) {
        this.client = client;
        this.uri = uri;
        this.name = uri.getHost() + ":" + uri.getPort();
    }

    /**
     * Returns when there are connections; blocks until then.
     *
     * @throws IllegalStateException if there cannot be any, with what a user can do about it
     */
    static ChatRedis connect(String address, TardyEventLoopGroup group) throws Exception {
        RedisURI uri = uri(address);
        ChatRedis redis = new ChatRedis(client(group), uri);
        try {
            Links first = redis.open().toCompletableFuture().get(30, TimeUnit.SECONDS);
            redis.links = first;
            probe(first).toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "cannot use Redis at " + redis.name + ": " + reasonOf(e), e);
        }
        TardyRuntime rt = group.next().submit(TardyRuntime::current).get();
        rt.spawnDaemon("redis", redis::keep);
        return redis;
    }

    private static RedisURI uri(String address) {
        try {
            RedisURI uri = RedisURI.create(address);
            uri.setTimeout(ANSWER_MAX);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Its message may have the password.
        }
        throw new IllegalStateException("--redis wants redis://HOST:PORT");
    }

    private static RedisClient client(TardyEventLoopGroup group) {
        // Lettuce chooses once for a process which channels it makes; they have to be the group's.
        AsyncType type = group.backend().type();
        System.setProperty("io.lettuce.core.epoll", "" + (type == AsyncType.EPOLL));
        System.setProperty("io.lettuce.core.iouring", "" + (type == AsyncType.IO_URING));
        System.setProperty("io.lettuce.core.kqueue", "" + (type == AsyncType.KQUEUE));
        if (Transports.socketChannelClass() != group.socketChannel()) {
            throw new IllegalStateException(
                    "Lettuce has no channels for " + type.label() + "; try --transport poll");
        }
        ClientResources resources =
                ClientResources.builder()
                        .eventLoopGroupProvider(new GroupProvider(group))
                        .computationThreadPoolSize(2)
                        .build();
        RedisClient client = RedisClient.create(resources);
        client.setOptions(
                ClientOptions.builder()
                        .autoReconnect(false)
                        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                        .socketOptions(SocketOptions.builder().connectTimeout(CONNECT_MAX).build())
                        .build());
        return client;
    }

    /** Gives Lettuce this group for its channels. */
    private static final class GroupProvider extends DefaultEventLoopGroupProvider {

        private final TardyEventLoopGroup group;

        GroupProvider(TardyEventLoopGroup group) {
            super(group.executorCount());
            this.group = group;
        }

        @Override
        protected <T extends EventLoopGroup> EventExecutorGroup doCreateEventLoopGroup(
                Class<T> type,
                int threads,
                io.lettuce.core.resource.ThreadFactoryProvider threadFactories) {
            return group;
        }
    }

    private CompletionStage<Links> open() {
        return client.connectAsync(StringCodec.UTF8, uri)
                .thenCompose(
                        questions ->
                                client.connectPubSubAsync(StringCodec.UTF8, uri)
                                        .thenApply(channels -> watched(questions, channels))
                                        .whenComplete(
                                                (opened, failure) -> {
                                                    if (failure != null) {
                                                        questions.closeAsync();
                                                    }
                                                }));
    }

    /**
     * A Redis without streams or scripts says so now, and not to the first visitor; and one that
     * nobody may write to does not count as back.
     */
    private static CompletionStage<Long> probe(Links links) {
        return links.questions()
                .async()
                .eval(
                        "redis.call('DEL', KEYS[1]) return redis.call('XLEN', KEYS[1])",
                        ScriptOutputType.INTEGER,
                        new String[] {"tardy:chat:"});
    }

    private Links watched(
            StatefulRedisConnection<String, String> questions,
            StatefulRedisPubSubConnection<String, String> channels) {
        channels.addListener(
                new RedisPubSubAdapter<>() {
                    @Override
                    public void message(String channel, String message) {
                        SharedRoom room = rooms.get(channel);
                        if (room != null) {
                            room.hear(message);
                        }
                    }
                });
        RedisConnectionStateListener disconnected =
                new RedisConnectionStateListener() {
                    @Override
                    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                        disturbances.release();
                    }
                };
        questions.addListener(disconnected);
        channels.addListener(disconnected);
        return new Links(questions, channels);
    }

    /** Keeps the connections, in a frame of its own. */
    private void keep() throws Exception {
        try {
            for (int failures = 0; ; ) {
                Links current = links;
                if (current != null) {
                    disturbances.tryAcquire(CHECK.toMillis(), TimeUnit.MILLISECONDS);
                    disturbances.drainPermits();
                    if (isOver()) {
                        return;
                    }
                    if (current.areOpen() && answers(current)) {
                        failures = 0;
                    } else {
                        links = null;
                        current.close();
                        complain("is away");
                        rooms.values().forEach(SharedRoom::wake);
                        Frame.delay(Duration.ofMillis(retryMillis(failures++)));
                    }
                    continue;
                }
                Links opened = null;
                try {
                    opened = TardyRuntime.current().await(open());
                    await(probe(opened));
                    links = opened;
                    await(subscribeAll(opened));
                    complaint = "";
                    System.err.println("tardy: Redis at " + name + " is back");
                    rooms.values().forEach(SharedRoom::wake);
                } catch (CancelledException | InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    if (isOver()) {
                        return;
                    }
                    complain("is away: " + reasonOf(e));
                    links = null;
                    if (opened != null) {
                        opened.close();
                    }
                    Frame.delay(Duration.ofMillis(retryMillis(failures++)));
                }
            }
        } catch (InterruptedException e) {
            throw new CancelledException("Redis");
        }
    }

    /** The loops close the connections in the end of a drain, when no room needs them. */
    private boolean isOver() {
        return TardyRuntime.current().isDraining() && rooms.isEmpty();
    }

    /** At random, so that all processes do not come at once. */
    private static long retryMillis(int failures) {
        long most = Math.min(RETRY_MS_MAX, RETRY_MS_MIN << Math.min(failures, 10));
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }

    /** A connection may be dead without a word. */
    private static boolean answers(Links links) throws Exception {
        try {
            await(links.questions().async().ping());
            await(links.channels().async().ping());
            return true;
        } catch (CancelledException e) {
            throw e;
        } catch (IOException | RuntimeException e) { // Netty's own, if it was reset
            return false;
        }
    }

    private static <T> T await(CompletionStage<T> stage) throws IOException {
        return Deadline.callWithin(ANSWER_MAX, () -> TardyRuntime.current().await(stage));
    }

    private synchronized CompletionStage<Void> subscribeAll(Links to) {
        String[] channels = rooms.keySet().toArray(String[]::new);
        return channels.length == 0
                ? CompletableFuture.completedFuture(null)
                : to.channels().async().subscribe(channels);
    }

    private static String channel(SharedRoom room) {
        return "tardy:chat:" + room.name();
    }

    /**
     * From now on the room hears what others have for it. Another of the same name no longer does.
     */
    void enter(SharedRoom room) throws IOException {
        CompletionStage<Void> subscribed;
        synchronized (this) { // in one order with the end of another of its name
            rooms.put(channel(room), room);
            Links current = links;
            if (current == null) {
                return; // who brings it back subscribes
            }
            subscribed = current.channels().async().subscribe(channel(room));
        }
        try {
            await(subscribed);
        } catch (CancelledException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The frame that keeps the connections looks at them, and says what is wrong.
            disturbances.release();
        }
    }

    synchronized void leave(SharedRoom room) {
        Links current = links;
        if (rooms.remove(channel(room), room) && current != null) {
            current.channels().async().unsubscribe(channel(room));
        }
    }

    /**
     * Adds messages to the log, all or none, and tells what the room lacks of it.
     *
     * @param last the last entry that the room has; empty if it has none
     * @param messages number and event of each
     * @throws IOException if Redis is away or refuses; it may have them all the same
     */
    Log say(SharedRoom room, String origin, String last, List<String> messages) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add(channel(room));
        arguments.add(origin);
        arguments.add(last);
        arguments.add(Integer.toString(LOG_MAX));
        arguments.add(Integer.toString(ChatRoom.HISTORY_MAX));
        arguments.add(Integer.toString(ENTRIES_MAX));
        arguments.add(Long.toString(LOG_KEPT.toSeconds()));
        arguments.addAll(messages);
        List<?> answer = evaluate(SAY, channel(room) + ":log", arguments);
        List<Entry> entries = new ArrayList<>();
        ((List<?>) answer.get(1)).forEach(each -> entries.add(entry((List<?>) each)));
        return new Log((Long) answer.get(0) == 1, entries);
    }

    /** One that a stranger has written has the number 0, which nobody waits for. */
    private static Entry entry(List<?> entry) {
        String id = (String) entry.get(0);
        List<?> fields = (List<?>) entry.get(1);
        boolean isOurs =
                fields.size() == 6
                        && fields.get(0).equals("from")
                        && ((String) fields.get(3)).matches("[0-9]{1,18}");
        return isOurs
                ? new Entry(
                        id,
                        (String) fields.get(1),
                        Long.parseLong((String) fields.get(3)),
                        (String) fields.get(5))
                : new Entry(id, "", 0, "");
    }

    /** Says who is in the room here, and tells who is there elsewhere: names for each process. */
    List<String> here(SharedRoom room, String origin, String names) throws IOException {
        return evaluate(
                        HERE,
                        channel(room) + ":here",
                        List.of(channel(room), origin, "" + PRESENCE.toMillis(), names))
                .stream()
                .map(String.class::cast)
                .toList();
    }

    private List<?> evaluate(String script, String key, List<String> arguments) throws IOException {
        Links current = links;
        if (current == null) {
            throw new IOException("Redis is away");
        }
        try {
            CompletionStage<List<Object>> answer =
                    current.questions()
                            .async()
                            .eval(
                                    script,
                                    ScriptOutputType.MULTI,
                                    new String[] {key},
                                    arguments.toArray(String[]::new));
            return await(answer);
        } catch (DeadlineExceededException e) {
            disturbances.release(); // whoever keeps it looks whether it is dead
            throw new IOException("Redis does not answer", e);
        } catch (RedisException | CancellationException e) {
            if (current.areOpen()) {
                complain("refuses: " + reasonOf(e));
            }
            if (e instanceof RedisReadOnlyException) {
                current.close(); // it has become a replica; the name may lead to another now
            }
            throw new IOException("Redis refuses", e);
        }
    }

    /** Once, and not for each room. */
    void complain(String what) {
        if (!what.equals(complaint)) {
            complaint = what;
            System.err.println("tardy: Redis at " + name + " " + what);
        }
    }

    static String reasonOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static String script(String name) {
        try (InputStream in = ChatRedis.class.getResourceAsStream("chat/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
