package io.tardy.testsuite.api;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.EnclosingMethodAttribute;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.classfile.attribute.ModuleExportInfo;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes what modules export to everybody as a small jar without code: the types that others can
 * name, with the members that they can use. Two of them say what has changed for a user.
 *
 * <p>Types that are not exported are in it only where an exported one extends them, because their
 * members are inherited.
 */
public final class ApiJar {

    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final List<Class<? extends ClassElement>> INTERNAL =
            List.of(
                    SourceFileAttribute.class,
                    NestHostAttribute.class,
                    NestMembersAttribute.class,
                    EnclosingMethodAttribute.class,
                    RuntimeVisibleTypeAnnotationsAttribute.class,
                    RuntimeInvisibleTypeAnnotationsAttribute.class);
    private static final String MODULE_INFO = "module-info";

    private final Map<String, ClassModel> classes = new HashMap<>();
    private final SortedMap<String, ClassModel> wanted = new TreeMap<>();

    private ApiJar() {}

    /** The jar to write, then a folder of classes for each module. */
    public static void main(String[] args) throws IOException {
        ApiJar api = new ApiJar();
        for (String folder : Arrays.asList(args).subList(1, args.length)) {
            api.addModule(Path.of(folder));
        }
        api.write(Path.of(args[0]));
    }

    private void addModule(Path folder) throws IOException {
        Map<String, ClassModel> here = new HashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".class")).sorted().toList()) {
                ClassModel type = ClassFile.of().parse(file);
                here.put(type.thisClass().asInternalName(), type);
            }
        }
        Set<String> exported = exported(here.get(MODULE_INFO));
        classes.putAll(here);
        for (ClassModel type : here.values()) {
            if (exported.contains(packageOf(type)) && isAccessible(type, here)) {
                want(type);
            }
        }
    }

    private static Set<String> exported(ClassModel moduleInfo) {
        return moduleInfo
                .elementStream()
                .filter(ModuleAttribute.class::isInstance)
                .flatMap(module -> ((ModuleAttribute) module).exports().stream())
                .filter(export -> export.exportsTo().isEmpty())
                .map(ModuleExportInfo::exportedPackage)
                .map(name -> name.name().stringValue())
                .collect(Collectors.toSet());
    }

    private static String packageOf(ClassModel type) {
        String name = type.thisClass().asInternalName();
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /** Whether others can name it: it is public, and so is all around it. */
    private static boolean isAccessible(ClassModel type, Map<String, ClassModel> module) {
        Optional<InnerClassInfo> nested = nested(type);
        if (nested.isEmpty()) {
            return type.flags().has(AccessFlag.PUBLIC);
        }
        Optional<ClassEntry> outer = nested.get().outerClass();
        return isForOthers(nested.get().flags())
                && outer.isPresent()
                && isAccessible(module.get(outer.get().asInternalName()), module);
    }

    private static Optional<InnerClassInfo> nested(ClassModel type) {
        return type.elementStream()
                .filter(InnerClassesAttribute.class::isInstance)
                .flatMap(attribute -> ((InnerClassesAttribute) attribute).classes().stream())
                .filter(nested -> nested.innerClass().equals(type.thisClass()))
                .findFirst();
    }

    private static boolean isForOthers(Set<AccessFlag> flags) {
        return flags.contains(AccessFlag.PUBLIC) || flags.contains(AccessFlag.PROTECTED);
    }

    /** It, and those that it inherits from. */
    private void want(ClassModel type) {
        if (type == null || wanted.putIfAbsent(type.thisClass().asInternalName(), type) != null) {
            return;
        }
        type.superclass().ifPresent(above -> want(classes.get(above.asInternalName())));
        type.interfaces().forEach(above -> want(classes.get(above.asInternalName())));
    }

    private void write(Path file) throws IOException {
        ClassFile format =
                ClassFile.of(ClassFile.ConstantPoolSharingOption.NEW_POOL); // without what has gone
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream jar = new ZipOutputStream(out)) {
            for (Map.Entry<String, ClassModel> type : wanted.entrySet()) {
                ZipEntry entry = new ZipEntry(type.getKey() + ".class");
                entry.setTimeLocal(NO_TIME); // the same API is the same jar
                jar.putNextEntry(entry);
                jar.write(format.transformClass(type.getValue(), signatures()));
            }
        }
    }

    private static ClassTransform signatures() {
        return ClassTransform.dropping(ApiJar::isInternal)
                .andThen(
                        ClassTransform.transformingMethods(
                                MethodTransform.dropping(CodeModel.class::isInstance)));
    }

    private static boolean isInternal(ClassElement element) {
        return switch (element) {
            case MethodModel method ->
                    !isForOthers(method.flags().flags())
                            || method.flags().has(AccessFlag.SYNTHETIC)
                                    && !method.flags().has(AccessFlag.BRIDGE);
            case FieldModel field ->
                    !isForOthers(field.flags().flags()) || field.flags().has(AccessFlag.SYNTHETIC);
            default -> INTERNAL.stream().anyMatch(kind -> kind.isInstance(element));
        };
    }
}
