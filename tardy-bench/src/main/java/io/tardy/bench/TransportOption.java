package io.tardy.bench;

import io.tardy.aio.AsyncType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The transport that a program runs on. */
final class TransportOption {

    @Option(
            names = "--transport",
            paramLabel = "auto|io_uring|epoll|poll",
            description = "Which transport to run on (default: auto).",
            converter = OfLabel.class)
    private AsyncType type = AsyncType.AUTO;

    AsyncType type() {
        return type;
    }

    static final class OfLabel implements ITypeConverter<AsyncType> {
        @Override
        public AsyncType convert(String value) {
            try {
                return AsyncType.ofLabel(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
