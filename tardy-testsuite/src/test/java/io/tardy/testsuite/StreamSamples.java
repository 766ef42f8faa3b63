package io.tardy.testsuite;

import io.tardy.Deadline;
import io.tardy.Frame;
import io.tardy.aio.DeadlineExceededException;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import io.tardy.stream.ByteReader;
import io.tardy.stream.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What the page about streams shows, compiled; {@link GuideTest} compares and runs it. */
final class StreamSamples {

    private StreamSamples() {}

    static void answer(Socket peer) throws IOException {
        ByteReader in = peer.reader();
        ByteWriter out = peer.writer();
        while (Frame.idle(false, in::hasMore)) { // between two lines a drain may end it
            String line = in.readLine();
            out.write(line.toUpperCase(Locale.ROOT));
            out.write("\r\n");
            if (in.available() == 0) { // what arrived together is answered together
                out.flush();
            }
        }
    }

    static int lines(Path path) throws IOException {
        int lines = 0;
        try (File file = File.open(path)) {
            ByteReader in = file.reader();
            for (String line; (line = in.readLineOrRest()) != null; ) {
                lines++;
            }
        }
        return lines;
    }

    static ByteBuffer nextMessage(ByteReader in) throws IOException {
        if (!in.hasMore()) {
            return null; // the peer has ended the connection between two messages
        }
        return in.readExactly(in.readInt()); // fails if that is longer than the reader's limit
    }

    static long sendWithin(Duration patience, Socket peer, byte[] report) throws IOException {
        ByteWriter out = peer.writer();
        try {
            Deadline.within(
                    patience,
                    () -> {
                        out.write(report);
                        out.flush();
                    });
        } catch (DeadlineExceededException e) {
            // out.buffered() bytes are left, and another flush would go on with them
        }
        return out.accepted();
    }
}
