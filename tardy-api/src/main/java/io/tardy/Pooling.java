package io.tardy;

/** What a runtime does when all of its {@code tasksInitial} task slots are taken. */
public enum Pooling {
    /** Make more. */
    GROW,
    /** Refuse: {@code spawn} throws {@link TaskPoolFullException}, {@code spawnAwait} waits. */
    STATIC
}
