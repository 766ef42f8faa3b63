package io.tardy.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathBytesTest {

    /** Latin-1, so that each char of them is a byte. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "a b%20?#;",
                "\u00c3\u00bc",
                "\u00ff no text \u00fe",
                "d\u00c3\u00bc/../f\u00ff",
                "/absolute/\u00ff",
                "\u00f0\u009f\u0099\u0082",
                "\\[\u0080\n",
                "/"
            })
    void bytesComeBackAsTheyWere(String latin1) {
        byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
        Path path = PathBytes.path(bytes);
        assertThat(PathBytes.of(path)).isEqualTo(bytes);
        assertThat(path.isAbsolute()).isEqualTo(latin1.startsWith("/"));
    }

    @Test
    void theEmptyPathHasNone() {
        assertThat(PathBytes.of(Path.of(""))).isEmpty();
    }
}
