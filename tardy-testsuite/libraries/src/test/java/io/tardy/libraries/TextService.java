package io.tardy.libraries;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What protoc would make of a service whose messages are strings. */
final class TextService {

    static final String NAME = "tardy.Text";

    /** The same in upper case. */
    static final MethodDescriptor<String, String> UPPER = method("Upper", MethodType.UNARY);

    /** Numbers below a number. */
    static final MethodDescriptor<String, String> COUNT =
            method("Count", MethodType.SERVER_STREAMING);

    /** All that was sent, in one. */
    static final MethodDescriptor<String, String> JOIN =
            method("Join", MethodType.CLIENT_STREAMING);

    /** Each in upper case. */
    static final MethodDescriptor<String, String> UPPER_EACH =
            method("UpperEach", MethodType.BIDI_STREAMING);

    private TextService() {}

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        Utf8 utf8 = new Utf8();
        return MethodDescriptor.newBuilder(utf8, utf8)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, name))
                .setType(type)
                .build();
    }

    private static final class Utf8 implements Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
