package io.tardy.websocket;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/** A certificate of localhost that has signed itself; a peer must be told to trust it. */
record TestCertificate(X509Bundle bundle) {

    TestCertificate() throws Exception {
        this(
                new CertificateBuilder()
                        .subject("CN=localhost")
                        .addSanDnsName("localhost")
                        .setIsCertificateAuthority(true)
                        .buildSelfSigned());
    }

    /** What a server shows it with. */
    SslContext serverSsl() throws Exception {
        return SslContextBuilder.forServer(
                        bundle.getKeyPair().getPrivate(), bundle.getCertificatePath())
                .build();
    }
}
