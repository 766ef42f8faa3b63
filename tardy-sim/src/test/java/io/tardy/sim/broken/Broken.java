package io.tardy.sim.broken;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import org.jspecify.annotations.Nullable;

/**
 * Loads all of Tardy once more, the simulator and the scenarios included, with one method of one
 * class changed. So a mutant runs in this JVM, beside the code as it is.
 */
final class Broken extends ClassLoader {

    static {
        registerAsParallelCapable();
    }

    private static final String OURS = "io.tardy.";

    private final @Nullable Mutant mutant;
    private final byte @Nullable [] broken;
    private volatile boolean applied;

    /**
     * @param mutant null for code that is as it is
     * @throws IllegalStateException if the mutant's place is not there: it must be written anew
     */
    Broken(@Nullable Mutant mutant) {
        super("broken", Broken.class.getClassLoader());
        this.mutant = mutant;
        this.broken = mutant == null ? null : changed(read(mutant.className()), mutant);
    }

    /** Whether the class that the mutant changes was loaded; if not, nothing was broken. */
    boolean isApplied() {
        return applied;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) {
        byte[] bytes = read(name);
        if (mutant != null && mutant.className().equals(name)) {
            bytes = broken;
            applied = true;
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] read(String name) {
        try (InputStream file =
                getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new IllegalStateException("no class " + name);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] changed(byte[] bytes, Mutant mutant) {
        int[] found = new int[1];
        Change change = mutant.change();
        CodeTransform replacing =
                (code, element) -> {
                    boolean fits = change.place().test(element);
                    if (fits && (++found[0] == change.number() || change.number() == 0)) {
                        change.writing().accept(code, element);
                    } else {
                        code.with(element);
                    }
                };
        ClassFile classFile = ClassFile.of();
        byte[] made =
                classFile.transformClass(
                        classFile.parse(bytes),
                        ClassTransform.transformingMethodBodies(
                                method -> isMethod(method, mutant.method()), replacing));
        boolean isThere = change.number() == 0 ? found[0] == 1 : found[0] >= change.number();
        if (!isThere) {
            throw new IllegalStateException(
                    mutant
                            + ": "
                            + found[0]
                            + " places fit; the code has changed, and so must the mutant");
        }
        return made;
    }

    /** The compiler numbers the methods that it makes of lambdas: {@code lambda$name$0}. */
    private static boolean isMethod(MethodModel method, String name) {
        String actual = method.methodName().stringValue();
        return actual.equals(name) || name.startsWith("lambda$") && actual.startsWith(name + "$");
    }
}
