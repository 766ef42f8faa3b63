package io.tardy.testsuite;

import io.tardy.stream.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** A program's own stream, without a system: bytes come, and are taken, in pieces. */
final class PiecesStream implements Stream {

    private final SplittableRandom random;
    private final ByteBuffer content;
    private final int pieceMax;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    /** How many bytes are taken before a write fails; none does by itself. */
    private int takenMax = Integer.MAX_VALUE;

    private int writes;

    /**
     * @param pieceMax how much comes or is taken at once, at most
     */
    PiecesStream(long seed, byte[] content, int pieceMax) {
        this.random = new SplittableRandom(seed);
        this.content = ByteBuffer.wrap(content);
        this.pieceMax = pieceMax;
    }

    private int piece(int bytesMax) {
        return Math.min(bytesMax, random.nextInt(1, pieceMax + 1));
    }

    @Override
    public int read(ByteBuffer into) {
        if (!content.hasRemaining()) {
            return -1;
        }
        int count = piece(Math.min(content.remaining(), into.remaining()));
        into.put(content.slice(content.position(), count));
        content.position(content.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        writes++;
        int count = piece(Math.min(from.remaining(), takenMax - taken.size()));
        if (count == 0) {
            throw new IOException("full");
        }
        byte[] piece = new byte[count];
        from.get(piece);
        taken.writeBytes(piece);
        return count;
    }

    /** Writes fail once so much has been taken. */
    void failBehind(int takenMax) {
        this.takenMax = takenMax;
    }

    int writes() {
        return writes;
    }

    byte[] taken() {
        return taken.toByteArray();
    }

    @Override
    public String toString() {
        return "pieces";
    }
}
