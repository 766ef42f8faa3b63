package io.tardy.testsuite.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of the chat example, as two people use it. */
@Timeout(240)
final class ChatPageTest {

    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir private Path annsProfile;
    @TempDir private Path bobsProfile;

    @Test
    void twoPeopleTalkReloadAndOutliveTheServer() throws Exception {
        try (ChatProcess server = new ChatProcess(0);
                Browser ann = new Browser(annsProfile, false);
                Browser bob = new Browser(bobsProfile, true)) {
            ann.open(server.port());
            ann.screenshot(SCREENSHOTS.resolve("enter.png"));
            ann.enter("ann", "lobby");
            ann.awaitMembers("here: ann");
            bob.open(server.port());
            bob.enter("bob", "lobby");
            ann.awaitLine("bob came");
            ann.awaitMembers("here: ann, bob");

            ann.say("hello, <b>bob</b>");
            bob.awaitLine("ann hello, <b>bob</b>");
            bob.say("hello, ann: größe 日本");
            ann.awaitLine("bob hello, ann: größe 日本");
            assertThat(ann.hiddenParts()).isEmpty();
            assertThat(bob.hiddenParts()).isEmpty();
            ann.screenshot(SCREENSHOTS.resolve("connected.png"));
            bob.screenshot(SCREENSHOTS.resolve("telephone.png"));

            bob.reload();
            bob.awaitMembers("here: ann, bob");
            assertThat(bob.said())
                    .containsExactly("ann hello, <b>bob</b>", "bob hello, ann: größe 日本");
            ann.awaitLine("bob left");
            bob.say("back again");
            ann.awaitLine("bob back again");
            assertThat(ann.complaints()).isEmpty();

            server.stop();
            ann.awaitStatus("the server is gone");
            bob.awaitStatus("the server is gone");
            bob.screenshot(SCREENSHOTS.resolve("gone.png"));

            try (ChatProcess next = new ChatProcess(server.port())) {
                ann.awaitStatus("connected");
                bob.awaitStatus("connected");
                ann.awaitMembers("bob");
                bob.awaitMembers("ann");
                ann.say("the new server has no history");
                bob.awaitLine("ann the new server has no history");
                next.stop();
            }
        }
    }
}
