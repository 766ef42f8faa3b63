package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tardy.Tardy;
import org.junit.jupiter.api.Test;

/** The tests run on the module path, so the module descriptors are right. */
class ModulePathTest {

    @Test
    void theTestsRunOnTheModulePath() {
        assertThat(Tardy.class.getModule().getName()).isEqualTo("io.tardy");
        assertThat(getClass().getModule().getName()).isEqualTo("io.tardy.testsuite");
    }
}
