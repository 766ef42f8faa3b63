package io.tardy.aio;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the error numbers mean to one operation, read from the table in {@link Errno}. */
final class ErrnoMeanings<E extends Enum<E> & AsyncError> {

    private static final ClassValue<ErrnoMeanings<?>> OF_ENUM =
            new ClassValue<>() {
                @Override
                @SuppressWarnings({"rawtypes", "unchecked"}) // only an error enum gets here
                protected ErrnoMeanings<?> computeValue(Class<?> errors) {
                    return new ErrnoMeanings(errors);
                }
            };

    private final Map<Errno, E> constants = new EnumMap<>(Errno.class);
    private final E unexpected;

    /** To the operation of this error enum, which has an {@code UNEXPECTED}. */
    @SuppressWarnings("unchecked")
    static <E extends Enum<E> & AsyncError> ErrnoMeanings<E> of(Class<E> errors) {
        return (ErrnoMeanings<E>) OF_ENUM.get(errors);
    }

    private ErrnoMeanings(Class<E> errors) {
        this.unexpected = Enum.valueOf(errors, "UNEXPECTED");
        for (Errno errno : Errno.values()) {
            errno.meanings().stream()
                    .flatMap(name -> named(errors, name))
                    .findFirst()
                    .ifPresent(constant -> constants.put(errno, constant));
        }
    }

    private static <E extends Enum<E>> Stream<E> named(Class<E> errors, String name) {
        return Arrays.stream(errors.getEnumConstants())
                .filter(constant -> constant.name().equals(name));
    }

    /** The constant for a positive error number of this system. */
    E meaningOf(int errno) {
        return constants.getOrDefault(Errno.of(errno), unexpected);
    }
}
