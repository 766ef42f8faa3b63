package io.tardy.libraries;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pages about frameworks show code that is tested, with the versions that it is tested with.
 */
class FrameworkPagesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "armeria, ArmeriaTest, armeria",
        "async-http-client, AsyncHttpClientTest, async-http-client",
        "redisson, RedissonTest, redisson",
        "webflux, WebFluxTest TardyLoops, spring-boot",
        "micronaut, MicronautTest, micronaut",
        "jdbc, JdbcTest, h2",
        "mongo, MongoTest, mongo",
        "r2dbc, R2dbcTest TardyLoops, r2dbc-postgresql",
        "http3, Http3Test, netty"
    })
    void pagesShowTestedCode(String page, String sources, String version) throws IOException {
        PagesTest.requireTested(page, sources, version);
    }
}
