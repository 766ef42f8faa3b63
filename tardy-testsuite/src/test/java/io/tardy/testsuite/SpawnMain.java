package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.Threading;

/** A program for a JVM of its own: spawns one frame, and prints what became of it. */
final class SpawnMain {

    private SpawnMain() {}

    public static void main(String[] args) {
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            Object word = args.length == 0 ? "spawned" : tardy.backend();
            tardy.entry(word, (rt, said) -> rt.spawn(() -> System.out.println(said)));
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }
}
