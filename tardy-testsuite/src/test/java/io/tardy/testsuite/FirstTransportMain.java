package io.tardy.testsuite;

import io.tardy.Tardy;
import io.tardy.Threading;
import io.tardy.aio.AsyncType;
import io.tardy.aio.TransportUnavailableException;
import java.io.FileInputStream;
import java.util.Deque;

/**
 * A program for a JVM of its own: wants its first transport when few descriptors are left, and
 * again when there are enough. Prints what became of it.
 */
final class FirstTransportMain {

    private FirstTransportMain() {}

    /**
     * @param args the transport
     */
    public static void main(String[] args) throws Exception {
        AsyncType async = AsyncType.ofLabel(args[0]);
        Tardy.builder(); // the loader keeps each jar open that it has looked into
        Deque<FileInputStream> taken = FirstSocketMain.takeAllButAFew();
        build(async);
        for (FileInputStream one : taken) {
            one.close();
        }
        build(async);
    }

    private static void build(AsyncType async) {
        try (Tardy tardy = Tardy.builder().async(async).threading(Threading.single()).build()) {
            System.out.println("built " + tardy.backend().type().label());
        } catch (TransportUnavailableException e) {
            System.out.println(e.getMessage());
        }
    }
}
