package io.tardy.runtime;

/** A frame's body that hears of it if its frame is never run, or never run again. */
public interface NeverRun {

    /** There was no memory to start the frame, or its runtime has ended around it; on the loop. */
    void abandoned();
}
