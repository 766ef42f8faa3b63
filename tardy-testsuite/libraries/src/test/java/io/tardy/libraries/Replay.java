package io.tardy.libraries;

import java.util.List;
import java.util.stream.LongStream;

/** A process that says what the traces of a scene are. */
final class Replay {

    /** The hashes of the first seeds are on a line that begins so. */
    static final String HASHES = "hashes ";

    private Replay() {}

    /** The scene, and how many seeds. */
    public static void main(String[] arguments) {
        System.out.println(
                HASHES + hashes(Scene.valueOf(arguments[0]), Integer.parseInt(arguments[1])));
    }

    static List<Long> hashes(Scene scene, int seeds) {
        return LongStream.rangeClosed(1, seeds)
                .mapToObj(seed -> scene.run(seed).traceHash())
                .toList();
    }
}
