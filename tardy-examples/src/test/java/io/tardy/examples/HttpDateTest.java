package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpDateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sun, 06 Nov 1994 08:49:37 GMT | 1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-94 08:49:37 GMT | 1994-11-06T08:49:37Z",
                "Sun Nov  6 08:49:37 1994 | 1994-11-06T08:49:37Z",
                "Wed Nov 16 08:49:37 1994 | 1994-11-16T08:49:37Z",
                "Thu, 29 Feb 2024 00:00:00 GMT | 2024-02-29T00:00:00Z",
                "Saturday, 01-Jan-00 00:00:00 GMT | 2000-01-01T00:00:00Z",
            })
    void eachOfItsThreeFormsIsRead(String text, Instant time) {
        assertThat(HttpDate.parse(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "some day",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 06 Nov 1994 08:49:37 EST",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "Sun, 06 Nov 1994 08:49:37 GMT, x",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06 Nov +11994 08:49:37 GMT",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun,  06 Nov 1994 08:49:37 GMT",
                "Mon, 06 Nov 1994 08:49:37 GMT",
                "Thu, 30 Feb 2023 00:00:00 GMT",
                "06 Nov 1994 08:49:37 GMT",
                "Sunday, 06-Nov-1994 08:49:37 GMT",
                "Sun, 06-Nov-94 08:49:37 GMT",
                "Sun Nov 6 08:49:37 1994",
                "Sun Nov  6 08:49:37 1994 GMT",
            })
    void whatIsNoneIsNot(String text) {
        assertThat(HttpDate.parse(text)).isNull();
    }

    @Test
    void whatIsWrittenIsRead() {
        Instant time = Instant.ofEpochSecond(1_700_000_000);
        assertThat(HttpDate.parse(HttpDate.of(time))).isEqualTo(time);
        assertThat(HttpDate.parse(HttpDate.now().toString())).isNotNull();
    }
}
