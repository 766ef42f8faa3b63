package io.tardy.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ByteReaderTest {

    /** Lends these, one after the other. */
    private record Lender(Queue<ByteBuffer> buffers) implements LendingStream {

        @Override
        public ByteBuffer recvNext() {
            return buffers.poll();
        }

        @Override
        public int read(ByteBuffer into) {
            return -1;
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }
    }

    /** More than an array can have behind what is here already, whatever the heap. */
    private static ByteBuffer huge(Path folder) throws Exception {
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("f").toFile(), "rw")) {
            sparse.setLength(Integer.MAX_VALUE);
            sparse.write("def".getBytes());
            return sparse.getChannel().map(MapMode.READ_ONLY, 0, Integer.MAX_VALUE);
        }
    }

    @Test
    void whatThereIsNoRoomForIsNotLost(@TempDir Path folder) throws Exception {
        for (boolean isOwn : new boolean[] {false, true}) {
            List<ByteBuffer> lent = List.of(ByteBuffer.wrap("abc".getBytes()), huge(folder));
            ByteReader in = new Lender(new ArrayDeque<>(lent)).reader();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(in::readLine).isInstanceOf(ArithmeticException.class);
                assertThat(in.available()).isEqualTo(3);
            }
            if (isOwn) {
                ByteBuffer all = ByteBuffer.allocate(6);
                in.readExactly(all);
                assertThat(all.array()).isEqualTo("abcdef".getBytes());
            } else {
                in.skip(3);
                assertThat(in.readByte()).isEqualTo((byte) 'd');
            }
            assertThat(in.position()).isEqualTo(isOwn ? 6 : 4);
        }
    }

    @Test
    void whatThereWasNoRoomForIsAvailableOnceItIsFirst(@TempDir Path folder) throws Exception {
        List<ByteBuffer> lent = List.of(ByteBuffer.wrap("abc".getBytes()), huge(folder));
        ByteReader in = new Lender(new ArrayDeque<>(lent)).reader();
        assertThatThrownBy(in::readLine).isInstanceOf(ArithmeticException.class);
        in.skip(3);
        assertThat(in.available()).isEqualTo(Integer.MAX_VALUE); // or who asks goes past them
    }
}
