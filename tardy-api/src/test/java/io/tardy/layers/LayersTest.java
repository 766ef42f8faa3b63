package io.tardy.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.tardy.layers.Layers.Arrow;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The packages of this module form layers, and look down only. */
class LayersTest {

    private static final Layers LAYERS =
            new Layers(
                    List.of(
                            Set.of("io.tardy.aio"),
                            Set.of("io.tardy.os"),
                            Set.of("io.tardy.spi"),
                            Set.of("io.tardy.runtime"),
                            Set.of("io.tardy"),
                            Set.of(
                                    "io.tardy.channel",
                                    "io.tardy.stream",
                                    "io.tardy.sync",
                                    "io.tardy.net",
                                    "io.tardy.fs",
                                    "io.tardy.process",
                                    "io.tardy.host"),
                            Set.of("io.tardy.netty")));

    /** Netty's calls of the system are no channels, though they live beside these. */
    private static final Pattern NETTYS_CALLS =
            Pattern.compile("io\\.netty\\.channel\\.(unix\\..*|ChannelException)");

    private static final String SAMPLE = "io.tardy.layers.sample.";
    private static final String UPPER = SAMPLE + "upper";
    private static final String LOWER = SAMPLE + "lower";

    private static JavaClasses module() {
        JavaClasses classes = new ClassFileImporter().importPath(Path.of("target", "classes"));
        assertThat(classes.contain("io.tardy.aio.AsyncSubmission")).isTrue();
        return classes;
    }

    private static JavaClasses sample() {
        return new ClassFileImporter()
                .importPath(Path.of("target", "test-classes", "io", "tardy", "layers", "sample"));
    }

    @Test
    void noPackageLooksUp() {
        assertThat(LAYERS.upward(module())).isEmpty();
    }

    @Test
    void noLayerHasACircle() {
        assertThat(LAYERS.circular(module())).isEmpty();
    }

    @Test
    void theLowestKnowsOfNettyItsBuffersOnly() {
        assertThat(nettyTypesOf("io.tardy.aio")).allMatch(isIn("io.netty.buffer."));
    }

    @Test
    void systemCallsKnowNoChannels() {
        assertThat(nettyTypesOf("io.tardy.os"))
                .allMatch(
                        isIn("io.netty.buffer.")
                                .or(isIn("io.netty.util."))
                                .or(NETTYS_CALLS.asMatchPredicate()));
    }

    private static Predicate<String> isIn(String prefix) {
        return name -> name.startsWith(prefix);
    }

    private static Set<String> nettyTypesOf(String packageName) {
        Set<String> types = new TreeSet<>();
        for (JavaClass type : module().getPackage(packageName).getClasses()) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                types.add(dependency.getTargetClass().getBaseComponentType().getName());
            }
        }
        types.removeIf(name -> !name.startsWith("io.netty."));
        assertThat(types).isNotEmpty();
        return types;
    }

    @Test
    void anArrowThatRunsUpIsFound() {
        Layers layers = new Layers(List.of(Set.of(LOWER), Set.of(UPPER)));

        assertThat(layers.upward(sample()).keySet()).containsExactly(new Arrow(LOWER, UPPER));
    }

    @Test
    void aCircleInALayerIsFound() {
        Layers layers = new Layers(List.of(Set.of(LOWER, UPPER)));

        assertThat(layers.upward(sample())).isEmpty();
        assertThat(layers.circular(sample())).containsExactly(LOWER, UPPER);
    }

    @Test
    void aPackageWithoutALayerIsFound() {
        Layers layers = new Layers(List.of(Set.of(LOWER)));

        assertThatThrownBy(() -> layers.upward(sample())).hasMessageContaining(UPPER);
    }
}
