package io.tardy;

import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Named values of one runtime, for its frames: nothing is ever removed or replaced, so what was
 * found once stays valid as long as the runtime. Used on the runtime's thread only.
 */
public final class Storage {

    private final TardyRuntime runtime;
    private final Map<String, Object> values = new HashMap<>();

    Storage(TardyRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Stores a value.
     *
     * @return the value
     * @throws IllegalStateException if the name is taken, or this is not the runtime's thread
     */
    public <T> T store(String name, T value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        runtime.core().requireThread();
        if (values.putIfAbsent(name, value) != null) {
            throw new IllegalStateException(
                    "storage already has '" + name + "': values are never replaced");
        }
        return value;
    }

    /**
     * The value of that name.
     *
     * @throws NoSuchElementException if there is none
     * @throws ClassCastException if it is of another type; the message names both
     * @throws IllegalStateException if this is not the runtime's thread
     */
    public <T> T get(String name, Class<T> type) {
        runtime.core().requireThread();
        Object value = values.get(name);
        if (value == null) {
            throw new NoSuchElementException("storage has no '" + name + "'");
        }
        if (!type.isInstance(value)) {
            throw new ClassCastException(
                    "storage has '"
                            + name
                            + "' as "
                            + value.getClass().getName()
                            + ", not as "
                            + type.getName());
        }
        return type.cast(value);
    }

    /**
     * Whether there is a value of that name.
     *
     * @throws IllegalStateException if this is not the runtime's thread
     */
    public boolean contains(String name) {
        runtime.core().requireThread();
        return values.containsKey(name);
    }
}
