package io.tardy.testsuite.netty;

import java.util.Map;
import org.w3c.dom.Element;

/**
 * Why a test was skipped, from its report; and for what Netty's suite skips without a word, from
 * here.
 */
final class SkipReason {

    private static final String NO_MESSAGE = "assumption is not true";

    /** By method; what Netty's code assumes there. */
    private static final Map<String, String> UNSAID =
            Map.of(
                    "testSslRenegotiationRejected", "needs an OpenSSL that can renegotiate",
                    "testChannelsIterator", "not of loops that have an IoHandler",
                    "testChannelsIteratorEmpty", "not of loops that have an IoHandler",
                    "testChannelsIteratorRemoveThrows", "not of loops that have an IoHandler",
                    "testCustomFileRegion", "io_uring sends files only",
                    "testFileRegionDrainStopsAtCompletion", "io_uring sends files only",
                    "testWriteAfterShutdownOutputNoWritabilityChange", "disabled by Netty");

    private SkipReason() {}

    /**
     * @param method of the test
     * @param skipped Surefire's element: its message, else the exception that it holds
     */
    static String of(String method, Element skipped) {
        String said = skipped.getAttribute("message");
        if (said.isBlank()) {
            said = skipped.getTextContent();
        }
        String reason =
                said.lines()
                        .findFirst()
                        .orElse(NO_MESSAGE)
                        .replaceFirst("^[\\w.]*TestAbortedException: ", "")
                        .replaceFirst("^Assumption failed: ", "");
        boolean unsaid = reason.equals(NO_MESSAGE) || reason.endsWith("is @Disabled");
        return unsaid ? UNSAID.getOrDefault(method, reason) : reason;
    }
}
