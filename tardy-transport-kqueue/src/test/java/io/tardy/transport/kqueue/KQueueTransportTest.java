package io.tardy.transport.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoEvent;
import io.netty.channel.kqueue.KQueueIoHandle;
import io.netty.channel.kqueue.KQueueIoOps;
import io.tardy.aio.AsyncSubmission;
import io.tardy.aio.AsyncType;
import io.tardy.spi.BackendContext;
import io.tardy.spi.Transport;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class KQueueTransportTest {

    private static final Throwable NO_LIBRARY =
            new ExceptionInInitializerError(new IllegalStateException("no library"));

    @Test
    void itIsProvidedOnBothPaths() throws Exception {
        assertThat(KQueueTransport.class.getModule().getDescriptor().provides())
                .singleElement()
                .satisfies(
                        provided -> {
                            assertThat(provided.service()).isEqualTo(Transport.class.getName());
                            assertThat(provided.providers())
                                    .containsExactly(KQueueTransport.class.getName());
                        });
        try (InputStream services =
                KQueueTransport.class.getResourceAsStream(
                        "/META-INF/services/" + Transport.class.getName())) {
            assertThat(new String(services.readAllBytes(), StandardCharsets.UTF_8).strip())
                    .isEqualTo(KQueueTransport.class.getName());
        }
        assertThat(new KQueueTransport().type()).isEqualTo(AsyncType.KQUEUE);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void onLinuxItIsRefusedAndNettysClassesLoadAllTheSame() throws Exception {
        assertThat(new KQueueTransport().unavailableBecause())
                .contains(
                        "kqueue is for macOS and the BSDs, and this is Linux; use io_uring, epoll"
                                + " or poll");
        // The native library did not load, and the classes that we use do without.
        assertThat(KQueue.isAvailable()).isFalse();
        for (Class<?> used :
                new Class<?>[] {KQueueIoOps.class, KQueueIoEvent.class, KQueueIoHandle.class}) {
            Class.forName(used.getName(), true, getClass().getClassLoader());
        }
        KQueueIoOps ops = KQueueIoOps.newOps((short) -1, (short) 0x21, 0);
        assertThat(ops.filter()).isEqualTo((short) -1);
        assertThat(ops.flags()).isEqualTo((short) 0x21);
        assertThat(KQueueIoEvent.newEvent(5, (short) -2, (short) 0x8020, 0, 0, 7).ident())
                .isEqualTo(5);
    }

    @Test
    void aRefusalNamesTheCauseAndTheWayOut() {
        assertThat(KQueueTransport.unavailableBecause("Windows 11", "amd64", NO_LIBRARY))
                .contains("kqueue is for macOS and the BSDs, and this is Windows 11; use poll");
        assertThat(KQueueTransport.unavailableBecause("Mac OS X", "aarch64", NO_LIBRARY))
                .get()
                .asString()
                .startsWith(
                        "Netty's native library did not load (java.lang.IllegalStateException: no"
                                + " library); ")
                .contains("io.netty:netty-transport-native-kqueue with the classifier osx-aarch_64")
                .contains("the module io.netty.transport.kqueue.osx.aarch_64");
        assertThat(KQueueTransport.unavailableBecause("Mac OS X", "x86_64", NO_LIBRARY))
                .get()
                .asString()
                .contains("classifier osx-x86_64");
        assertThat(KQueueTransport.unavailableBecause("FreeBSD", "amd64", NO_LIBRARY))
                .get()
                .asString()
                .contains("Netty publishes none for FreeBSD")
                .endsWith("or use poll");
        assertThat(KQueueTransport.unavailableBecause("NetBSD", "amd64", null))
                .contains("NetBSD numbers kqueue's filters in its own way; use poll");
    }

    @Test
    void whereTheLibraryLoadsItIsAvailable() {
        assertThat(KQueueTransport.unavailableBecause("Mac OS X", "aarch64", null)).isEmpty();
        assertThat(KQueueTransport.unavailableBecause("OpenBSD", "amd64", null)).isEmpty();
    }

    @Test
    void aSocketOfAnotherTransportIsRefusedByName() {
        SimSystem system = new SimSystem();
        KQueueBackend backend =
                new KQueueBackend(
                        new BackendContext(
                                new ManualIoEventLoop(
                                        Thread.currentThread(), executor -> system.newKQueue(8)),
                                1024,
                                UnpooledByteBufAllocator.DEFAULT));
        SimRuntime other = new SimRuntime(system);
        AsyncSubmission<?, ?> recv =
                new AsyncSubmission.Recv(system.newSocket(), ByteBuffer.allocate(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> backend.start(other.operation(recv)))
                .withMessageContaining("was opened for another transport");
    }
}
