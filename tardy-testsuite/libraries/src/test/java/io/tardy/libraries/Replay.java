package io.tardy.libraries;

import java.util.List;
import java.util.stream.LongStream;

/** A process that says what the traces of all scenes are. */
final class Replay {

    /** The hashes of a scene's first seeds are on a line that begins so. */
    static final String HASHES = "hashes ";

    private Replay() {}

    /** How many seeds. */
    public static void main(String[] arguments) {
        for (Scene scene : Scene.values()) {
            List<Long> hashes =
                    LongStream.rangeClosed(1, Integer.parseInt(arguments[0]))
                            .mapToObj(seed -> scene.run(seed).traceHash())
                            .toList();
            System.out.println(HASHES + scene + " " + hashes);
        }
    }
}
