package io.tardy.aio;

/**
 * Why an operation failed: a constant of the error enum of that operation, such as {@link
 * RecvError}. Every one of these enums has {@code CANCELED} and {@code UNEXPECTED}.
 */
public interface AsyncError {

    /** The constant's name. */
    String name();

    /** Whether this is the enum's {@code CANCELED}: the operation was cancelled on request. */
    default boolean isCanceled() {
        return name().equals("CANCELED");
    }
}
