package io.tardy.testsuite;

import io.tardy.Deadline;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of every operation on a thing in every state: a row for each way to call it, a
 * column for each state. In a frame.
 *
 * @param <T> the thing, with what belongs to it
 */
final class EdgeTable<T> {

    /** So long an operation is given that may wait for somebody. */
    private static final Duration SHORT = Duration.ofMillis(30);

    /** And so long one that should not, on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(2);

    /** Does it, and returns what it returns. */
    @FunctionalInterface
    interface Call<T> {
        Object on(T thing) throws Exception;
    }

    /** Makes a thing in a state; whatever must be closed is given to the scene. */
    @FunctionalInterface
    interface State<T> {
        T make(EdgeScene scene) throws Exception;
    }

    private record Row<T>(String method, Call<T> call) {}

    private final String title;
    private final Map<String, Row<T>> rows = new LinkedHashMap<>();
    private final Map<String, State<T>> columns = new LinkedHashMap<>();

    EdgeTable(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    List<String> columns() {
        return List.copyOf(columns.keySet());
    }

    List<String> rows() {
        return List.copyOf(rows.keySet());
    }

    EdgeTable<T> state(String name, State<T> state) {
        columns.put(name, state);
        return this;
    }

    /**
     * Adds a row.
     *
     * @param name how it is called, with its method before the first bracket
     * @param signature the method's types, as {@code ByteBuffer, long}
     */
    EdgeTable<T> call(String name, String signature, Call<T> call) {
        String method = name.substring(0, name.indexOf('(')) + "(" + signature + ")";
        rows.put(name, new Row<>(method, call));
        return this;
    }

    /**
     * What becomes of one cell.
     *
     * @param expected if it is something else than a wait, the wait is given more time
     */
    String seen(String row, String column, String expected) throws Exception {
        String outcome = outcome(rows.get(row), columns.get(column), SHORT);
        boolean isLate = outcome.equals(EdgeOutcome.WAITS) && !expected.equals(outcome);
        return isLate ? outcome(rows.get(row), columns.get(column), LONG) : outcome;
    }

    private String outcome(Row<T> row, State<T> state, Duration patience) throws Exception {
        try (EdgeScene scene = new EdgeScene()) {
            T thing = state.make(scene);
            return EdgeOutcome.of(
                    () -> Deadline.callWithin(patience, () -> row.call().on(thing)), scene);
        }
    }

    /** The methods that have a row. */
    Set<String> methods() {
        return rows.values().stream()
                .map(Row::method)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The operations of a class: its public methods that can fail. */
    static Set<String> operationsOf(Class<?> type) {
        Class<?> above = type.getSuperclass(); // which may be none of the public ones
        return Stream.of(type, above == Object.class ? type : above)
                .flatMap(declaring -> Stream.of(declaring.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getExceptionTypes().length > 0)
                .filter(method -> !method.isBridge())
                .map(EdgeTable::signature)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", method.getName() + "(", ")"));
    }
}
