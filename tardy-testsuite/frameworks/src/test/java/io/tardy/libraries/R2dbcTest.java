package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcBadGrammarException;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import io.r2dbc.spi.Result;
import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.netty.TardyEventLoopGroup;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.FlowAdapters;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** R2DBC's driver for PostgreSQL on a group of Tardy's, with a PostgreSQL. */
@ExtendWith(LeakCheck.class)
class R2dbcTest {

    @TempDir private static Path directory;
    private static EmbeddedPostgres postgres;

    @BeforeAll
    static void startPostgres() throws IOException {
        Assumptions.assumeTrue(
                System.getProperty("os.arch").matches("amd64|x86_64"),
                "the PostgreSQL of these tests is for x86-64 only");
        postgres =
                EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(directory.toFile())
                        .setPGStartupWait(Duration.ofSeconds(Groups.PATIENCE_SECONDS))
                        .start();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void openAccounts() throws SQLException {
        try (java.sql.Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop table if exists account");
            statement.execute(
                    "create table account (id bigint primary key, balance bigint check (balance >="
                            + " 0))");
            statement.execute("insert into account values (1, 100), (2, 0)");
        }
    }

    private static ConnectionFactory accounts(TardyEventLoopGroup group, int port) {
        return new PostgresqlConnectionFactory(
                PostgresqlConnectionConfiguration.builder()
                        .host("127.0.0.1")
                        .port(port)
                        .username("postgres")
                        .database("postgres")
                        .loopResources(useNative -> group)
                        .build());
    }

    /** A connection belongs to one frame. Its close rolls back what was not committed. */
    static long transfer(
            TardyRuntime rt, ConnectionFactory accounts, long from, long to, long amount)
            throws Exception {
        Connection connection = first(rt, accounts.create());
        try {
            first(rt, connection.beginTransaction());
            add(rt, connection, from, -amount);
            add(rt, connection, to, amount);
            first(rt, connection.commitTransaction());
            return balance(rt, connection, to);
        } finally {
            Frame.uncancellable(Duration.ofSeconds(5), () -> first(rt, connection.close()));
        }
    }

    private static void add(TardyRuntime rt, Connection connection, long account, long amount)
            throws Exception {
        first(
                rt,
                Flux.from(
                                connection
                                        .createStatement(
                                                "update account set balance = balance + $1 where id"
                                                        + " = $2")
                                        .bind("$1", amount)
                                        .bind("$2", account)
                                        .execute())
                        .flatMap(Result::getRowsUpdated)
                        .single());
    }

    private static long balance(TardyRuntime rt, Connection connection, long account)
            throws Exception {
        return first(
                rt,
                Flux.from(
                                connection
                                        .createStatement(
                                                "select balance from account where id = $1")
                                        .bind("$1", account)
                                        .execute())
                        .flatMap(result -> result.map(row -> row.get(0, Long.class)))
                        .single());
    }

    /** What a publisher of one value has, or null if it has none. */
    private static <T> T first(TardyRuntime rt, Publisher<T> publisher) throws Exception {
        return rt.awaitFirst(FlowAdapters.toFlowPublisher(publisher));
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyRuntime rt, ConnectionFactory accounts) throws Exception;
    }

    /** With one loop, a frame that held its thread would wait for itself. */
    private static void withAccounts(AsyncType transport, int port, Body body) throws Exception {
        Groups.withGroup(
                1,
                transport,
                group -> {
                    TardyRuntime rt = Groups.runtimeOf(group);
                    body.run(rt, accounts(group, port));
                    assertThat(group.isShuttingDown()).isFalse();
                });
    }

    private static void withAccounts(AsyncType transport, Body body) throws Exception {
        withAccounts(transport, postgres.getPort(), body);
    }

    @OnEachTransport
    void framesHaveTransactions(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    List<CompletableFuture<Long>> transfers = new ArrayList<>();
                    for (int i = 0; i < 20; i++) {
                        transfers.add(rt.submit(() -> transfer(rt, accounts, 1, 2, 1)));
                    }
                    List<Long> balances = new ArrayList<>();
                    for (CompletableFuture<Long> transfer : transfers) {
                        balances.add(transfer.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS));
                    }
                    assertThat(balances).contains(20L);
                });
    }

    @OnEachTransport
    void connectionsLiveOnTheLoop(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    Connection connection = Groups.inFrame(rt, () -> first(rt, accounts.create()));
                    assertThat(
                                    Flux.from(connection.createStatement("select 1").execute())
                                            .flatMap(result -> result.map(row -> true))
                                            .map(row -> TardyRuntime.current())
                                            .single()
                                            .toFuture()
                                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isSameAs(rt);
                    Groups.inFrame(rt, () -> first(rt, connection.close()));
                });
    }

    /** As a pool makes them: each where the one before it has come. */
    @OnEachTransport
    void connectionsAreSpreadOverTheLoops(AsyncType transport) throws Exception {
        Groups.withGroup(
                3,
                transport,
                group -> {
                    ConnectionFactory accounts = accounts(group, postgres.getPort());
                    List<Connection> connections =
                            Flux.range(0, 6)
                                    .concatMap(i -> accounts.create())
                                    .<Connection>map(each -> each)
                                    .collectList()
                                    .toFuture()
                                    .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertThat(
                                    Flux.fromIterable(connections)
                                            .concatMap(
                                                    each ->
                                                            each.createStatement("select 1")
                                                                    .execute())
                                            .concatMap(
                                                    result ->
                                                            result.map(
                                                                    row -> TardyRuntime.current()))
                                            .collectList()
                                            .toFuture()
                                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .hasSize(6)
                            .as("their loops")
                            .matches(all -> Set.copyOf(all).size() == 3);
                    Flux.fromIterable(connections)
                            .concatMap(Connection::close)
                            .then()
                            .toFuture()
                            .get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS);
                });
    }

    /** More than there is, after the first account was credited; a table that there is not. */
    @OnEachTransport
    void aFailureArrivesInTheFrameAndIsRolledBack(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    assertThatThrownBy(
                                    () ->
                                            Groups.inFrame(
                                                    rt, () -> transfer(rt, accounts, 2, 1, -101)))
                            .cause()
                            .isInstanceOf(R2dbcDataIntegrityViolationException.class)
                            .extracting(e -> ((R2dbcException) e).getSqlState())
                            .isEqualTo("23514");
                    assertThat(Groups.inFrame(rt, () -> transfer(rt, accounts, 1, 2, 1)))
                            .isEqualTo(1);
                    assertThatThrownBy(
                                    () ->
                                            Groups.inFrame(
                                                    rt,
                                                    () ->
                                                            run(
                                                                    rt,
                                                                    accounts,
                                                                    "select 1 from nothing")))
                            .cause()
                            .isInstanceOf(R2dbcBadGrammarException.class)
                            .hasMessageContaining("nothing");
                });
    }

    private static Long run(TardyRuntime rt, ConnectionFactory accounts, String sql)
            throws Exception {
        Connection connection = first(rt, accounts.create());
        try {
            return first(
                    rt,
                    Flux.from(connection.createStatement(sql).execute())
                            .flatMap(result -> result.map(row -> 1L))
                            .single());
        } finally {
            Frame.uncancellable(Duration.ofSeconds(5), () -> first(rt, connection.close()));
        }
    }

    @OnEachTransport
    void aConnectionThatIsCutFailsTheFrameThatWaits(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    CompletableFuture<Long> waiting =
                            rt.submit(() -> run(rt, accounts, "select pg_sleep(600)"));
                    terminateSleepers();
                    assertThatThrownBy(() -> waiting.get(Groups.PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .cause()
                            .isInstanceOf(R2dbcNonTransientResourceException.class)
                            .extracting(e -> ((R2dbcException) e).getSqlState())
                            .isEqualTo("57P01");
                    assertThat(Groups.inFrame(rt, () -> transfer(rt, accounts, 1, 2, 1)))
                            .isEqualTo(1);
                });
    }

    /** Waits for one that sleeps. */
    private static void terminateSleepers() throws SQLException {
        long began = System.nanoTime();
        try (java.sql.Connection connection = postgres.getPostgresDatabase().getConnection();
                PreparedStatement terminate =
                        connection.prepareStatement(
                                "select pg_terminate_backend(pid) from pg_stat_activity where"
                                        + " wait_event = 'PgSleep'")) {
            boolean terminated = false;
            while (!terminated) {
                assertThat(System.nanoTime() - began)
                        .as("time until it sleeps")
                        .isLessThan(TimeUnit.SECONDS.toNanos(Groups.PATIENCE_SECONDS));
                try (ResultSet row = terminate.executeQuery()) {
                    terminated = row.next() && row.getBoolean(1);
                }
            }
        }
    }

    @OnEachTransport
    void aDeadlineEndsTheWait(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    assertThatThrownBy(() -> Groups.inFrame(rt, () -> slow(rt, accounts)))
                            .cause()
                            .isInstanceOf(DeadlineExceededException.class);
                    terminateSleepers(); // PostgreSQL goes on with what nobody waits for
                    assertThat(Groups.inFrame(rt, () -> transfer(rt, accounts, 1, 2, 1)))
                            .isEqualTo(1);
                });
    }

    private static Long slow(TardyRuntime rt, ConnectionFactory accounts) throws Exception {
        return Deadline.callWithin(
                Duration.ofSeconds(1), () -> run(rt, accounts, "select pg_sleep(600)"));
    }

    @OnEachTransport
    void nobodyThere(AsyncType transport) throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = taken.getLocalPort();
        }
        withAccounts(
                transport,
                port,
                (rt, accounts) ->
                        assertThatThrownBy(
                                        () ->
                                                Groups.inFrame(
                                                        rt, () -> transfer(rt, accounts, 1, 2, 1)))
                                .cause()
                                .isInstanceOf(R2dbcNonTransientResourceException.class)
                                .hasMessageContaining("Cannot connect to"));
    }
}
