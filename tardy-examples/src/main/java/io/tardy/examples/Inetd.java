package io.tardy.examples;

import io.tardy.Scope;
import io.tardy.TardyRuntime;
import io.tardy.aio.TardyIOException;
import io.tardy.aio.WriteError;
import io.tardy.net.Socket;
import io.tardy.process.ChildProcess;
import io.tardy.process.ProcessStream;
import io.tardy.stream.Stream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** Starts a program for each connection, which talks with the peer as with a terminal. */
final class Inetd {

    private Inetd() {}

    static void start(TardyRuntime rt, Socket server, List<String> command) {
        rt.spawn("accept", () -> server.serve(peer -> serve(peer, command)));
    }

    /** The program ends with its connection at the latest. */
    private static void serve(Socket peer, List<String> command) throws IOException {
        ProcessBuilder program = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
        try (ChildProcess child = ChildProcess.start(program);
                Scope scope = Scope.open()) {
            scope.fork(() -> feed(peer, child.stdin()));
            Stream.copy(child.stdout(), peer);
            peer.shutdownOutput();
        }
    }

    private static void feed(Socket peer, ProcessStream program) throws IOException {
        try {
            Stream.copy(peer, program);
            program.close(); // it reads the end
        } catch (TardyIOException e) {
            if (e.error() != WriteError.BROKEN_PIPE) { // it has read all that it wants to
                throw e;
            }
        }
    }
}
