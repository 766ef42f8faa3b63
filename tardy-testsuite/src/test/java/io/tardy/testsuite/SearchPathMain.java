package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.TardyIOException;
import io.tardy.process.ChildProcess;
import java.io.IOException;

/** A program for a JVM of its own: starts others by their names alone, and prints what is said. */
final class SearchPathMain {

    private SearchPathMain() {}

    /**
     * @param args their names
     */
    public static void main(String[] args) throws IOException {
        try (Tardy tardy = Tardy.builder().threading(Threading.single()).build()) {
            tardy.entry(
                    args,
                    (rt, names) ->
                            rt.spawn(
                                    () -> {
                                        for (String name : names) {
                                            System.out.println(said(name));
                                        }
                                    }));
        }
    }

    private static String said(String name) throws IOException {
        try {
            return name + ": " + ChildProcess.run(new ProcessBuilder(name), 0).status();
        } catch (TardyIOException e) {
            return e.getMessage();
        }
    }
}
