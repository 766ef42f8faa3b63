package io.tardy.examples;

import io.tardy.net.TrustedProxies;
import picocli.CommandLine.Option;

/** Whose word about the clients of HTTP is believed. */
final class ForwarderOptions {

    @Option(
            names = "--forwarded-from",
            paramLabel = "ADDRESS",
            split = ",",
            description =
                    "The proxies whose X-Forwarded-For is believed (192.0.2.7, 10.0.0.0/8); /client"
                            + " tells who asks (default: none).")
    private String[] forwarders = {};

    TrustedProxies trusted() {
        return FrontOptions.trusted("--forwarded-from", forwarders);
    }
}
