package io.tardy.libraries;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;
import io.tardy.TardyRuntime;
import io.tardy.aio.AsyncType;
import io.tardy.aio.DeadlineExceededException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** JDBC in frames, with H2 in memory and its pool of connections. */
class JdbcTest {

    /** A connection belongs to one call, from its begin to its end. */
    static long transfer(TardyRuntime rt, DataSource accounts, long from, long to, long amount)
            throws Exception {
        return rt.offload(
                () -> {
                    try (Connection connection = accounts.getConnection()) {
                        connection.setAutoCommit(false);
                        try {
                            add(connection, from, -amount);
                            add(connection, to, amount);
                            connection.commit();
                        } catch (SQLException e) {
                            connection.rollback();
                            throw e;
                        }
                        return balance(connection, to);
                    }
                });
    }

    private static void add(Connection connection, long account, long amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement(
                        "update account set balance = balance + ? where id = ?")) {
            update.setLong(1, amount);
            update.setLong(2, account);
            update.executeUpdate();
        }
    }

    private static long balance(Connection connection, long account) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("select balance from account where id = ?")) {
            select.setLong(1, account);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(TardyRuntime rt, DataSource accounts) throws Exception;
    }

    private static void withAccounts(AsyncType transport, Body body) throws Exception {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:" + transport, "", "");
        pool.setMaxConnections(4);
        try (Connection connection = pool.getConnection();
                Tardy tardy = Tardy.builder().async(transport).offloadThreadsMax(4).build()) {
            connection
                    .createStatement()
                    .execute(
                            "create table account (id bigint primary key, balance bigint check"
                                    + " balance >= 0)");
            connection.createStatement().execute("insert into account values (1, 100), (2, 0)");
            tardy.run(() -> body.run(TardyRuntime.current(), pool));
        } finally {
            pool.dispose();
        }
    }

    @OnEachTransport
    void aHundredFramesShareThePool(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    try (Scope scope = Scope.open()) {
                        List<Frame<Long>> transfers = new ArrayList<>();
                        for (int i = 0; i < 100; i++) {
                            transfers.add(scope.forkCall(() -> transfer(rt, accounts, 1, 2, 1)));
                        }
                        scope.join();
                        List<Long> balances = new ArrayList<>();
                        for (Frame<Long> transfer : transfers) {
                            balances.add(transfer.join());
                        }
                        assertThat(balances).contains(100L);
                    }
                });
    }

    /** More than there is. */
    @OnEachTransport
    void aFailureArrivesInTheFrame(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    SQLException failure = null;
                    try {
                        transfer(rt, accounts, 1, 2, 101);
                    } catch (SQLException e) {
                        failure = e;
                    }
                    assertThat((Throwable) failure).isNotNull().hasMessageContaining("23513");
                    assertThat(transfer(rt, accounts, 1, 2, 1)).isEqualTo(1); // it was rolled back
                });
    }

    /** The thread is interrupted, and the frame waits until the call has ended. */
    @OnEachTransport
    void aDeadlineInterruptsTheCall(AsyncType transport) throws Exception {
        withAccounts(
                transport,
                (rt, accounts) -> {
                    DeadlineExceededException late = null;
                    try {
                        Deadline.within(Duration.ofMillis(50), () -> slow(rt, accounts));
                    } catch (DeadlineExceededException e) {
                        late = e;
                    }
                    assertThat(late).isNotNull();
                    assertThat(late.getCause()).isInstanceOf(SQLException.class);
                    assertThat(transfer(rt, accounts, 1, 2, 1)).isEqualTo(1);
                });
    }

    /**
     * H2 looks whether its thread is interrupted; the statement's own timeout ends it otherwise.
     */
    private static long slow(TardyRuntime rt, DataSource accounts) throws Exception {
        return rt.offload(
                () -> {
                    try (Connection connection = accounts.getConnection();
                            PreparedStatement count =
                                    connection.prepareStatement(
                                            "select count(*) from system_range(1, 1000000000)"
                                                    + " where mod(x, 7) = 3")) {
                        count.setQueryTimeout(1); // seconds
                        try (ResultSet row = count.executeQuery()) {
                            row.next();
                            return row.getLong(1);
                        }
                    }
                });
    }
}
