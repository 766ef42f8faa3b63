package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.Scope;
import io.tardy.Tardy;

/** A program for a JVM of its own. Forks a frame, and asks for one that inherits scoped values. */
final class ForkMain {

    private ForkMain() {}

    public static void main(String[] args) {
        try (Tardy tardy = Tardy.builder().build()) {
            tardy.run(ForkMain::fork);
        } catch (Exception e) {
            System.out.println(e);
        }
    }

    private static void fork() throws Exception {
        try (Scope scope = Scope.open()) {
            Frame<String> child = scope.forkCall(() -> "forked");
            scope.join();
            System.out.println(child.join());
        }
        try {
            System.out.println(Frame.inheritingCall(() -> "inherited").call());
        } catch (UnsupportedOperationException e) {
            System.out.println(e.getMessage());
        }
    }
}
