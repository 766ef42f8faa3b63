package io.tardy.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.tardy.aio.TardyIOException;
import io.tardy.os.ListeningDescriptor;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a service manager has passed, by its variables. */
@EnabledOnOs(OS.LINUX)
class ActivationTest {

    private static final long PID = 4711;

    private static Map<String, String> environment(String... pairs) {
        Map<String, String> environment = new HashMap<>(Map.of("PATH", "/bin"));
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }

    @Test
    void withoutVariablesThereIsNone() {
        assertThat(Activation.names(environment("LISTEN_PID", "1"), PID)).isEmpty();
    }

    @Test
    void namesAreInOrderAndUnknownIfThereAreNone() {
        assertThat(
                        Activation.names(
                                environment(
                                        "LISTEN_PID", "4711",
                                        "LISTEN_FDS", "3",
                                        "LISTEN_FDNAMES", "http:chat.socket:http"),
                                PID))
                .containsExactly("http", "chat.socket", "http");
        assertThat(Activation.names(environment("LISTEN_PID", "4711", "LISTEN_FDS", "2"), PID))
                .isEqualTo(Collections.nCopies(2, "unknown"));
        assertThat(
                        Activation.names(
                                environment(
                                        "LISTEN_PID", "4711",
                                        "LISTEN_FDS", "0",
                                        "LISTEN_FDNAMES", ""),
                                PID))
                .isEmpty();
    }

    /** A program that a service starts has the service's environment, and none of its listeners. */
    @Test
    void thoseOfAParentCountForNothing() throws Exception {
        Map<String, String> environment =
                environment("LISTEN_PID", "4710", "LISTEN_FDS", "1", "LISTEN_FDNAMES", "http");
        assertThat(Activation.listeners(environment, PID, 1_000_000)).isEmpty();
        assertThat(Activation.whyNone(environment, PID))
                .contains("for the process 4710, and this is 4711");
        assertThat(Activation.whyNone(environment(), PID)).isEqualTo("LISTEN_FDS is not set");
    }

    @ParameterizedTest
    @CsvSource({
        ", 1, http, 'LISTEN_FDS is set and LISTEN_PID is not'",
        "4711, 2, http, 'one name for each'",
        "4711, 1, http:chat, 'one name for each'",
        "4711, -1, , 'LISTEN_FDS=-1 is no number of that kind'",
        "4711, many, , 'LISTEN_FDS=many is no number of that kind'",
        "4711, 99999999999, , 'LISTEN_FDS=99999999999 is no number of that kind'",
        "me, 1, , 'LISTEN_PID=me is no number of that kind'"
    })
    void whatContradictsItselfIsRefused(String pid, String count, String names, String message) {
        Map<String, String> environment = environment("LISTEN_FDS", count);
        if (pid != null) {
            environment.put("LISTEN_PID", pid);
        }
        if (names != null) {
            environment.put("LISTEN_FDNAMES", names);
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> Activation.names(environment, PID))
                .withMessageContaining(message);
    }

    @Test
    void theDescriptorsAreTakenOver() throws Exception {
        ListeningDescriptor opened =
                ListeningDescriptor.open(new InetSocketAddress("127.0.0.1", 0), 16);
        int passed = opened.duplicate();
        List<Listener> listeners =
                Activation.listeners(
                        environment(
                                "LISTEN_PID", "4711", "LISTEN_FDS", "1", "LISTEN_FDNAMES", "http"),
                        PID,
                        passed);
        assertThat(listeners).hasSize(1);
        try (Listener listener = listeners.getFirst()) {
            assertThat(listener.name()).isEqualTo("http");
            assertThat(listener.localAddress()).isEqualTo(opened.localAddress());
        }
        opened.close();
    }

    @Test
    void descriptorsThatAreNotThereAreNamed() {
        assertThatExceptionOfType(TardyIOException.class)
                .isThrownBy(
                        () ->
                                Activation.listeners(
                                        environment("LISTEN_PID", "4711", "LISTEN_FDS", "1"),
                                        PID,
                                        1_000_000))
                .withMessageContaining("descriptor 1000000 is not open");
    }

    @ParameterizedTest
    @CsvSource({"''", "a:b", "'a\nb'"})
    void aNameIsOneThatCanBePassed(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Listener.bind(name, new InetSocketAddress("127.0.0.1", 0), 1))
                .withMessageContaining("no colon");
    }

    @Test
    void withoutAManagerNobodyIsTold() throws Exception {
        assertThat(ServiceManager.notify(null, "READY=1")).isFalse();
        assertThat(ServiceManager.notify("", "READY=1")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> ServiceManager.status("a\nb"));
    }
}
