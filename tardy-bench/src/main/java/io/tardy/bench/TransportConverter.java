package io.tardy.bench;

import io.tardy.aio.AsyncType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A transport by its name. */
final class TransportConverter implements ITypeConverter<AsyncType> {

    @Override
    public AsyncType convert(String value) {
        try {
            return AsyncType.ofLabel(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
