package io.tardy.channel;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link Select} does with a message that it has received, or with a frame that has ended.
 *
 * <p>Public for the lambdas that it is given.
 *
 * @param <T> the type of the message
 * @param <R> the type of the value
 */
@FunctionalInterface
public interface MessageBody<T extends @Nullable Object, R extends @Nullable Object> {

    /**
     * In the frame that has called {@link Select#run}, which may wait here.
     *
     * @throws Exception anything, which comes out of {@code run} as it is
     */
    R run(T message) throws Exception;
}
