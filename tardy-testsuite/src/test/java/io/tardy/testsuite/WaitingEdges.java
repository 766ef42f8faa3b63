package io.tardy.testsuite;

import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.TardyRuntime;
import io.tardy.aio.FileMode;
import io.tardy.aio.LockMode;
import io.tardy.channel.Select;
import io.tardy.fs.Dir;
import io.tardy.fs.DirWatch;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Every operation that can wait for somebody else, and what ends its wait. */
final class WaitingEdges {

    private static final int MORE_THAN_FITS = 16 << 20;

    private WaitingEdges() {}

    /** What another frame does to one that waits in a call on this thing. */
    private interface Ending {
        void end(Frame<?> waiting, AutoCloseable thing) throws Exception;
    }

    record Subject(EdgeScene scene, Ending ending) {

        /** What becomes of the call, once it waits, when its wait is ended. */
        private Object ended(AutoCloseable thing, Callable<?> call) throws Exception {
            Frame<?> waiting = TardyRuntime.current().spawnCall(call);
            scene.keep(() -> endAtLast(waiting)); // where this is late itself
            for (int turn = 0; turn < 3; turn++) {
                Frame.delay(Duration.ofMillis(1)); // it waits, or a thread of the pool does
            }
            ending.end(waiting, thing);
            try {
                return waiting.join();
            } catch (FrameFailedException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw e;
            }
        }

        private static void endAtLast(Frame<?> waiting) throws Exception {
            waiting.cancel();
            try {
                waiting.join();
            } catch (FrameFailedException e) {
                // Seen already, or of a try that is made again.
            }
        }

        private Socket listener() throws Exception {
            return scene.keep(Socket.tcp("127.0.0.1", 0)).bind().listen(8);
        }

        /** One of two that are connected; the other one neither sends nor receives. */
        private Socket connected() throws Exception {
            Socket listener = listener();
            Socket client =
                    scene.keep(Socket.tcp("127.0.0.1", TransportFixture.port(listener))).connect();
            scene.keep(listener.accept());
            return client;
        }

        private Socket udp() throws Exception {
            return scene.keep(Socket.udp("127.0.0.1", 0)).bind();
        }

        private File fifo() throws Exception {
            Path path = scene.folder().resolve("fifo");
            FileContract.makeFifo(path);
            return scene.keep(File.open(path, FileMode.READ_WRITE));
        }

        private Object on(Socket socket, SocketCall call) throws Exception {
            return ended(socket, () -> call.on(socket));
        }

        private Object on(File file, FileCall call) throws Exception {
            return ended(file, () -> call.on(file));
        }
    }

    private interface SocketCall {
        Object on(Socket socket) throws Exception;
    }

    private interface FileCall {
        Object on(File file) throws Exception;
    }

    static EdgeTable<Subject> waits() {
        return new EdgeTable<Subject>("Waits")
                .state(
                        "closed meanwhile",
                        scene -> new Subject(scene, (frame, thing) -> thing.close()))
                .state("cancelled", scene -> new Subject(scene, (frame, thing) -> frame.cancel()))
                .call("TCP accept()", "", s -> s.on(s.listener(), Socket::accept))
                .call(
                        "TCP serve(handler)",
                        "",
                        s -> s.on(s.listener(), socket -> nothing(() -> socket.serve(peer -> {}))))
                .call(
                        "TCP serveEvenly(handler)",
                        "",
                        s ->
                                s.on(
                                        s.listener(),
                                        socket -> nothing(() -> socket.serveEvenly(peer -> {}))))
                .call("TCP recv(room)", "", s -> s.on(s.connected(), socket -> socket.recv(room())))
                .call(
                        "TCP recv(heap)",
                        "",
                        s -> s.on(s.connected(), socket -> socket.recv(ByteBuffer.allocate(8))))
                .call("TCP recv()", "", s -> s.on(s.connected(), socket -> socket.recv()))
                .call("TCP recvNext()", "", s -> s.on(s.connected(), socket -> socket.recvNext()))
                .call(
                        "TCP awaitReadable()",
                        "",
                        s -> s.on(s.connected(), socket -> nothing(socket::awaitReadable)))
                .call(
                        "TCP select readable()",
                        "",
                        s ->
                                s.on(
                                        s.connected(),
                                        socket ->
                                                new Select<String>()
                                                        .readable(socket, () -> "ready")
                                                        .run()))
                .call(
                        "TCP recvAll(8)",
                        "",
                        s -> s.on(s.connected(), socket -> socket.recvAll(room())))
                .call(
                        "TCP sendAll(direct)",
                        "",
                        s -> sendAll(s, ByteBuffer.allocateDirect(MORE_THAN_FITS)))
                .call("TCP sendAll(heap)", "", s -> sendAll(s, ByteBuffer.allocate(MORE_THAN_FITS)))
                .call("TCP sendFile(file)", "", WaitingEdges::sendLargeFile)
                .call(
                        "UDP recvFrom(room)",
                        "",
                        s -> s.on(s.udp(), socket -> socket.recvFrom(room())))
                .call("UDP recv()", "", s -> s.on(s.udp(), socket -> socket.recv()))
                .call("File lock(EXCLUSIVE)", "", WaitingEdges::lockWhatIsLocked)
                .call("DirWatch next()", "", WaitingEdges::watchNothing)
                .call("FIFO read(room)", "", s -> s.on(s.fifo(), file -> file.read(room())))
                .call(
                        "FIFO read(heap)",
                        "",
                        s -> s.on(s.fifo(), file -> file.read(ByteBuffer.allocate(8))))
                .call(
                        "FIFO writeAll(direct)",
                        "",
                        s ->
                                s.on(
                                        s.fifo(),
                                        file ->
                                                nothing(
                                                        () ->
                                                                file.writeAll(
                                                                        ByteBuffer.allocateDirect(
                                                                                MORE_THAN_FITS)))));
    }

    private static Object lockWhatIsLocked(Subject s) throws Exception {
        Path path = Files.createFile(s.scene().folder().resolve("locked"));
        File holder = s.scene().keep(File.open(path, FileMode.WRITE));
        s.scene().keep(holder.lock(LockMode.EXCLUSIVE));
        File file = s.scene().keep(File.open(path, FileMode.WRITE));
        return s.on(file, waiting -> waiting.lock(LockMode.EXCLUSIVE));
    }

    private static Object watchNothing(Subject s) throws Exception {
        Dir dir = s.scene().keep(Dir.open(s.scene().folder()));
        DirWatch watch = s.scene().keep(dir.watch());
        return s.ended(watch, watch::next);
    }

    private interface Action {
        void run() throws Exception;
    }

    private static String nothing(Action action) throws Exception {
        action.run();
        return "done";
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocateDirect(8);
    }

    private static Object sendAll(Subject subject, ByteBuffer from) throws Exception {
        return subject.on(subject.connected(), socket -> nothing(() -> socket.sendAll(from)));
    }

    private static Object sendLargeFile(Subject subject) throws Exception {
        Path path = subject.scene().folder().resolve("large");
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.setLength(MORE_THAN_FITS);
        }
        File file = subject.scene().keep(File.open(path));
        return subject.on(subject.connected(), socket -> socket.sendFile(file, MORE_THAN_FITS));
    }
}
