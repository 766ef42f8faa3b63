package io.tardy.sync;

import java.io.IOException;

/**
 * Not all come to this {@link Barrier}: one that waited there has given up, or somebody has reset
 * it. Nobody of the round has gone on.
 *
 * <p>Public for frames that catch it, to reset the barrier or to end.
 */
public final class BarrierBrokenException extends IOException {

    private static final long serialVersionUID = 1L;

    BarrierBrokenException(int parties) {
        super(
                "not all "
                        + parties
                        + " come to the barrier: one that waited was cancelled or late, or the"
                        + " barrier was reset; reset() begins a new round");
    }
}
