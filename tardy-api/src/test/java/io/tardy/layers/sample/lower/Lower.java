package io.tardy.layers.sample.lower;

import io.tardy.layers.sample.upper.Upper;

/** Looks up, as nothing may. */
public final class Lower {

    /** Makes what is above it. */
    public Upper upper() {
        return new Upper();
    }
}
