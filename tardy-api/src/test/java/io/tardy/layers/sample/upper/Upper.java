package io.tardy.layers.sample.upper;

import io.tardy.layers.sample.lower.Lower;

/** Looks down, which alone would be allowed. */
public final class Upper {

    /** Makes what is below it. */
    public Lower lower() {
        return new Lower();
    }
}
