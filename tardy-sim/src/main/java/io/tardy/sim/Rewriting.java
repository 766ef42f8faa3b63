package io.tardy.sim;

import static java.lang.constant.ConstantDescs.INIT_NAME;

import java.lang.System.Logger.Level;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.channels.spi.SelectorProvider;
import java.security.ProtectionDomain;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** Replaces in each class that is loaded what {@link SimAgent} lists. */
final class Rewriting implements ClassFileTransformer {

    private static final System.Logger LOGGER = System.getLogger(Rewriting.class.getName());

    private static final ClassDesc AMBIENT = desc(Ambient.class);
    private static final ClassDesc AMBIENT_RANDOM = desc(AmbientRandom.class);
    private static final ClassDesc RANDOM = desc(Random.class);

    /** What of the JDK's has a method of the same name and type in {@link Ambient}. */
    private record Method(String owner, String name, String type) {
        static Method of(Class<?> owner, String name, Class<?> result) {
            return new Method(internalName(owner), name, "()" + desc(result).descriptorString());
        }
    }

    private static final Set<Method> REPLACED =
            Set.of(
                    Method.of(System.class, "nanoTime", long.class),
                    Method.of(System.class, "currentTimeMillis", long.class),
                    Method.of(Instant.class, "now", Instant.class),
                    Method.of(Clock.class, "systemUTC", Clock.class),
                    Method.of(Clock.class, "systemDefaultZone", Clock.class),
                    Method.of(Math.class, "random", double.class),
                    Method.of(UUID.class, "randomUUID", UUID.class),
                    Method.of(SelectorProvider.class, "provider", SelectorProvider.class));

    private final Instrumentation instrumentation;

    Rewriting(Instrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    private static ClassDesc desc(Class<?> type) {
        return type.describeConstable().orElseThrow();
    }

    private static String internalName(Class<?> type) {
        return type.getName().replace('.', '/');
    }

    @Override
    public byte[] transform(
            Module module,
            ClassLoader loader,
            String name,
            Class<?> redefined,
            ProtectionDomain domain,
            byte[] bytes) {
        if (!isOfPrograms(loader, name)) {
            return null;
        }
        try {
            ClassModel type = ClassFile.of().parse(bytes);
            return needsRewriting(type) ? rewrite(module, loader, type) : null;
        } catch (RuntimeException | LinkageError e) {
            // The JVM would say nothing of it.
            LOGGER.log(Level.ERROR, name + " still asks the JDK: it cannot be rewritten", e);
            return null;
        }
    }

    /** The simulator itself needs real time, and the runtimes have their clock. */
    private static boolean isOfPrograms(ClassLoader loader, String name) {
        return loader != null
                && loader != ClassLoader.getPlatformClassLoader()
                && name != null
                && !name.startsWith("io/tardy/sim/")
                && !name.startsWith("io/tardy/runtime/");
    }

    /** A class that extends {@code Random} calls its constructor, and is left alone. */
    private static boolean needsRewriting(ClassModel type) {
        if (type.superclass().map(of -> of.asSymbol().equals(RANDOM)).orElse(false)) {
            return false;
        }
        for (PoolEntry entry : type.constantPool()) {
            if (entry instanceof MemberRefEntry member
                    && (isReplaced(member) || isConstructorOfRandom(member))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReplaced(MemberRefEntry member) {
        return REPLACED.contains(
                new Method(
                        member.owner().asInternalName(),
                        member.name().stringValue(),
                        member.type().stringValue()));
    }

    private static boolean isConstructorOfRandom(MemberRefEntry member) {
        return member.owner().asInternalName().equals(internalName(Random.class))
                && member.name().equalsString(INIT_NAME);
    }

    private byte[] rewrite(Module module, ClassLoader loader, ClassModel type) {
        Module ours = Rewriting.class.getModule();
        if (!module.canRead(ours)) {
            instrumentation.redefineModule(
                    module, Set.of(ours), Map.of(), Map.of(), Set.of(), Map.of());
        }
        ClassHierarchyResolver resolver =
                ClassHierarchyResolver.ofResourceParsing(loader)
                        .orElse(ClassHierarchyResolver.defaultResolver());
        return ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver))
                .transformClass(type, ClassTransform.transformingMethodBodies(Rewriting::replace));
    }

    private static void replace(CodeBuilder code, CodeElement element) {
        switch (element) {
            case InvokeInstruction call when isReplaced(call.method()) ->
                    code.invokestatic(AMBIENT, call.name().stringValue(), call.typeSymbol());
            case InvokeInstruction call when isConstructorOfRandom(call.method()) ->
                    code.invokespecial(AMBIENT_RANDOM, INIT_NAME, call.typeSymbol());
            case NewObjectInstruction made when made.className().asSymbol().equals(RANDOM) ->
                    code.new_(AMBIENT_RANDOM);
            case InvokeDynamicInstruction call -> code.invokedynamic(withReplaced(call));
            default -> code.with(element);
        }
    }

    /** Method references. */
    private static DynamicCallSiteDesc withReplaced(InvokeDynamicInstruction call) {
        ConstantDesc[] arguments =
                call.bootstrapArgs().stream().map(Rewriting::replaced).toArray(ConstantDesc[]::new);
        return DynamicCallSiteDesc.of(
                call.bootstrapMethod(), call.name().stringValue(), call.typeSymbol(), arguments);
    }

    private static ConstantDesc replaced(ConstantDesc argument) {
        if (!(argument instanceof DirectMethodHandleDesc method)) {
            return argument;
        }
        boolean isReplaced =
                REPLACED.contains(
                        new Method(
                                internalName(method.owner()),
                                method.methodName(),
                                method.lookupDescriptor()));
        if (isReplaced) {
            return MethodHandleDesc.of(
                    DirectMethodHandleDesc.Kind.STATIC,
                    AMBIENT,
                    method.methodName(),
                    method.lookupDescriptor());
        }
        boolean isConstructor =
                method.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR
                        && method.owner().equals(RANDOM);
        return isConstructor
                ? MethodHandleDesc.of(
                        DirectMethodHandleDesc.Kind.CONSTRUCTOR,
                        AMBIENT_RANDOM,
                        INIT_NAME,
                        method.lookupDescriptor())
                : argument;
    }

    private static String internalName(ClassDesc type) {
        String descriptor = type.descriptorString();
        return type.isClassOrInterface()
                ? descriptor.substring(1, descriptor.length() - 1)
                : descriptor;
    }
}
