package io.tardy.testsuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.tardy.Frame;
import io.tardy.FrameFailedException;
import io.tardy.aio.TardyIOException;
import io.tardy.fs.Dir;
import io.tardy.fs.File;
import io.tardy.net.Socket;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each allocation of a runtime's fails once in its turn: one frame hears of it, nobody else does,
 * and nothing is lost ({@link LeakCheck}).
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@NotSimulated("what it refuses is memory of the system")
interface AllocationContract extends TransportFixture {

    int FRAMES = 3;
    int ROUNDS = 4;

    @Test
    default void anAllocationThatFailsIsTheBusinessOfOneFrame(@TempDir Path folder)
            throws Exception {
        int turn = 1;
        for (; ; turn++) {
            AtomicInteger allocations = new AtomicInteger();
            int failing = turn;
            Path files = Files.createDirectory(folder.resolve("turn-" + turn));
            int failed = failedFrames(files, failingAt(failing, allocations));
            if (allocations.get() < failing) {
                assertThat(failed).as("frames failed without a failure").isZero();
                break;
            }
            assertThat(failed).as("frames that heard of failure %s", failing).isOne();
        }
        assertThat(turn).as("allocations tried").isGreaterThan(FRAMES);
    }

    private int failedFrames(Path folder, ByteBufAllocator allocator) throws Exception {
        AtomicInteger failed = new AtomicInteger();
        inFrame(
                tardy().allocator(allocator),
                rt -> {
                    List<Frame<Void>> frames = new ArrayList<>();
                    for (int i = 0; i < FRAMES; i++) {
                        Path path = folder.resolve("file-" + i);
                        frames.add(rt.spawn(() -> exchange(path)));
                    }
                    for (Frame<Void> frame : frames) {
                        try {
                            frame.join();
                        } catch (FrameFailedException e) {
                            assertThat(e.getCause())
                                    .isInstanceOfAny(
                                            OutOfMemoryError.class, TardyIOException.class);
                            failed.incrementAndGet();
                        }
                    }
                });
        return failed.get();
    }

    private static void exchange(Path path) throws Exception {
        try (Socket listener = TransportFixture.listenAnywhere();
                Socket client = TransportFixture.connectTo(listener);
                Socket server = listener.accept()) {
            for (int i = 0; i < ROUNDS; i++) {
                client.sendAll(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                server.recv().release();
                server.sendAll(ByteBuffer.wrap(new byte[] {4}));
                client.recv(ByteBuffer.allocate(8));
            }
        }
        try (File file = File.create(path)) {
            file.writeAll(ByteBuffer.wrap(new byte[100]));
            file.stat();
        }
        try (File file = File.open(path)) {
            file.read(ByteBuffer.allocate(8));
        }
        Dir.cwd().deleteFile(path);
    }

    /** The pooled allocator, whose n-th allocation fails. */
    private static ByteBufAllocator failingAt(int failing, AtomicInteger allocations) {
        return (ByteBufAllocator)
                Proxy.newProxyInstance(
                        ByteBufAllocator.class.getClassLoader(),
                        new Class<?>[] {ByteBufAllocator.class},
                        (proxy, method, arguments) -> {
                            if (ByteBuf.class.isAssignableFrom(method.getReturnType())
                                    && allocations.incrementAndGet() == failing) {
                                throw new OutOfMemoryError("injected");
                            }
                            return call(method, arguments);
                        });
    }

    private static Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(PooledByteBufAllocator.DEFAULT, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
