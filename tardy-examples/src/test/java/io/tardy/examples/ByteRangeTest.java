package io.tardy.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=2-4, 2, 3",
        "Bytes=8-, 8, 2",
        "bytes=9-100, 9, 1",
        "bytes=-3, 7, 3",
        "bytes=-100, 0, 10",
        "bytes=10-, 10, 0",
        "bytes=-0, 10, 0",
    })
    void aRangeIsCutToTheFile(String header, long offset, long count) {
        assertThat(ByteRange.of(header, 10)).isEqualTo(new ByteRange(offset, count));
    }

    @ParameterizedTest
    @CsvSource({"bytes=-", "bytes=4-2", "'bytes=0-1,3-4'", "lines=1-2", "bytes=a-b", "''"})
    void whatIsNoSingleRangeMeansTheWholeFile(String header) {
        assertThat(ByteRange.of(header, 10)).isNull();
    }
}
