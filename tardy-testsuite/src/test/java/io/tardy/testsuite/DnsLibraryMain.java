package io.tardy.testsuite;

import io.tardy.NameResolver;
import io.tardy.Tardy;
import io.tardy.net.Names;
import io.tardy.netty.DnsResolver;

/** Run by {@link DnsLibraryTest}, where Netty's resolver is missing. */
final class DnsLibraryMain {

    private DnsLibraryMain() {}

    public static void main(String[] args) throws Exception {
        try {
            NameResolver resolver = DnsResolver.ofSystem();
            System.out.println(resolver);
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
        try (Tardy tardy = Tardy.builder().build()) {
            System.out.println(
                    tardy.<Boolean>runCall(
                            () -> Names.resolve("localhost").getFirst().isLoopbackAddress()));
        }
    }
}
