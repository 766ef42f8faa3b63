package io.tardy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessResultTest {

    @Test
    void resultsAreEqualByWhatWasWritten() {
        ProcessResult result = result(1, "out", "err");
        assertThat(result)
                .isEqualTo(result(1, "out", "err"))
                .hasSameHashCodeAs(result(1, "out", "err"))
                .isNotEqualTo(result(2, "out", "err"))
                .isNotEqualTo(result(1, "other", "err"))
                .isNotEqualTo(result(1, "out", "other"));
    }

    private static ProcessResult result(int status, String stdout, String stderr) {
        return new ProcessResult(status, stdout.getBytes(), stderr.getBytes());
    }
}
