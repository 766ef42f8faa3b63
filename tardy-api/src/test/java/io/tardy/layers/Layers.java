package io.tardy.layers;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Packages in layers, lowest first. A package depends on its own layer's others and on lower ones;
 * within a layer there is no circle.
 *
 * @param packages of each layer
 */
record Layers(List<Set<String>> packages) {

    /** A dependency of one package on another that it must not have, with the classes that do. */
    record Arrow(String from, String to) implements Comparable<Arrow> {

        @Override
        public int compareTo(Arrow other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return from + " -> " + to;
        }
    }

    /** Arrows that run up, each with the pairs of classes behind it. */
    Map<Arrow, Set<String>> upward(JavaClasses classes) {
        Map<Arrow, Set<String>> found = new TreeMap<>();
        arrows(classes)
                .forEach(
                        (arrow, pairs) -> {
                            if (layerOf(arrow.to) > layerOf(arrow.from)) {
                                found.put(arrow, pairs);
                            }
                        });
        return found;
    }

    /** The packages that depend on themselves by way of others of their layer. */
    Set<String> circular(JavaClasses classes) {
        Map<String, Set<String>> targets = new TreeMap<>();
        for (Arrow arrow : arrows(classes).keySet()) {
            if (layerOf(arrow.to) == layerOf(arrow.from)) {
                targets.computeIfAbsent(arrow.from, from -> new TreeSet<>()).add(arrow.to);
            }
        }
        Set<String> circular = new TreeSet<>();
        for (String start : targets.keySet()) {
            Set<String> reached = new TreeSet<>();
            reach(start, targets, reached);
            if (reached.contains(start)) {
                circular.add(start);
            }
        }
        return circular;
    }

    private static void reach(String from, Map<String, Set<String>> targets, Set<String> reached) {
        for (String to : targets.getOrDefault(from, Set.of())) {
            if (reached.add(to)) {
                reach(to, targets, reached);
            }
        }
    }

    private int layerOf(String name) {
        for (int i = 0; i < packages.size(); i++) {
            if (packages.get(i).contains(name)) {
                return i;
            }
        }
        throw new IllegalStateException("package " + name + " has no layer: give it one");
    }

    private Map<Arrow, Set<String>> arrows(JavaClasses classes) {
        Map<Arrow, Set<String>> arrows = new TreeMap<>();
        Set<String> own = new TreeSet<>();
        classes.forEach(type -> own.add(type.getPackageName()));
        own.forEach(this::layerOf);
        for (JavaClass type : classes) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                String from = type.getPackageName();
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                String to = target.getPackageName();
                if (own.contains(to) && !to.equals(from)) {
                    arrows.computeIfAbsent(new Arrow(from, to), arrow -> new TreeSet<>())
                            .add(type.getSimpleName() + " -> " + target.getSimpleName());
                }
            }
        }
        return arrows;
    }
}
