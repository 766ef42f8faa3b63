package io.tardy.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteWriterTest {

    /** Takes everything, and looks at nothing. */
    private static final class Sink implements Stream {

        @Override
        public int read(ByteBuffer into) {
            return -1;
        }

        @Override
        public int write(ByteBuffer from) {
            int count = from.remaining();
            from.position(from.limit());
            return count;
        }
    }

    @Test
    void countsBeyondWhatAnIntHas(@TempDir Path folder) throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("f").toFile(), "rw")) {
            sparse.setLength(Integer.MAX_VALUE);
            ByteBuffer huge = sparse.getChannel().map(MapMode.READ_ONLY, 0, Integer.MAX_VALUE);
            ByteWriter out = new Sink().writer();
            out.write("begin ");
            out.write(huge);
            assertThat(out.accepted()).isEqualTo(6L + Integer.MAX_VALUE);
            assertThat(out.buffered()).isZero();
        }
    }
}
