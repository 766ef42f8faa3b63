package io.tardy.sim.broken;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ConstantDesc;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * How a method is broken: one element of its code is replaced.
 *
 * @param place which element; there must be one such in the method, unless the number says which
 * @param writing writes what comes in its place
 * @param number which of those that fit, counted from 1; 0 for the only one
 */
record Change(
        Predicate<CodeElement> place, BiConsumer<CodeBuilder, CodeElement> writing, int number) {

    /** A call is not made, and gives null, 0 or false; or a field is not set. */
    static Change drop(String member) {
        return new Change(
                element -> isCall(element, member) || isField(element, Opcode.PUTFIELD, member),
                (code, element) -> {
                    if (element instanceof InvokeInstruction call) {
                        popArguments(code, call);
                        push(code, returned(call), 0);
                    } else {
                        pop(code, TypeKind.from(((FieldInstruction) element).typeSymbol()));
                        code.pop();
                    }
                },
                0);
    }

    /** A call is not made, or a field not read: it is this number, for a boolean 0 or 1. */
    static Change answer(String member, int value) {
        return new Change(
                element -> isCall(element, member) || isField(element, Opcode.GETFIELD, member),
                (code, element) -> {
                    if (element instanceof InvokeInstruction call) {
                        popArguments(code, call);
                        push(code, returned(call), value);
                    } else {
                        code.pop();
                        push(code, TypeKind.from(((FieldInstruction) element).typeSymbol()), value);
                    }
                },
                0);
    }

    /**
     * A call is made twice; of a method of an object, with an argument of one slot or with none.
     */
    static Change repeat(String method) {
        return new Change(
                element -> isCall(element, method),
                (code, element) -> {
                    InvokeInstruction call = (InvokeInstruction) element;
                    switch (call.typeSymbol().parameterCount()) {
                        case 0 -> code.dup();
                        case 1 -> code.dup2();
                        default -> throw new IllegalArgumentException("too many: " + call);
                    }
                    code.with(call);
                    pop(code, returned(call));
                    code.with(call);
                },
                0);
    }

    /** A constant is another. */
    static Change constant(ConstantDesc from, ConstantDesc to) {
        return new Change(
                element ->
                        element instanceof ConstantInstruction constant
                                && constant.constantValue().equals(from),
                (code, element) -> code.loadConstant(to),
                0);
    }

    /** Two values make another third. */
    static Change operator(Opcode from, Opcode to) {
        return new Change(
                element ->
                        element instanceof OperatorInstruction operator
                                && operator.opcode() == from,
                (code, element) -> code.with(OperatorInstruction.of(to)),
                0);
    }

    /** Of the two numbers of type long that a call is given it is the first. */
    static Change first(String method) {
        return new Change(element -> isCall(element, method), (code, element) -> code.pop2(), 0);
    }

    /** A variable of type long is read in place of another; by their slots. */
    static Change variable(int from, int to) {
        return new Change(
                element ->
                        element instanceof LoadInstruction load
                                && load.typeKind() == TypeKind.LONG
                                && load.slot() == from,
                (code, element) -> code.lload(to),
                0);
    }

    /** Of several that fit, this one, counted from 1. */
    Change only(int which) {
        return new Change(place, writing, which);
    }

    private static boolean isCall(CodeElement element, String method) {
        return element instanceof InvokeInstruction call && call.name().equalsString(method);
    }

    private static boolean isField(CodeElement element, Opcode opcode, String name) {
        return element instanceof FieldInstruction field
                && field.opcode() == opcode
                && field.name().equalsString(name);
    }

    private static TypeKind returned(InvokeInstruction call) {
        return TypeKind.from(call.typeSymbol().returnType());
    }

    private static void popArguments(CodeBuilder code, InvokeInstruction call) {
        call.typeSymbol()
                .parameterList()
                .reversed()
                .forEach(parameter -> pop(code, TypeKind.from(parameter)));
        if (call.opcode() != Opcode.INVOKESTATIC) {
            code.pop();
        }
    }

    private static void pop(CodeBuilder code, TypeKind kind) {
        switch (kind.slotSize()) {
            case 0 -> {}
            case 1 -> code.pop();
            default -> code.pop2();
        }
    }

    private static void push(CodeBuilder code, TypeKind kind, int value) {
        switch (kind.asLoadable()) {
            case VOID -> {}
            case REFERENCE -> code.aconst_null();
            case INT -> code.loadConstant(value);
            case LONG -> code.loadConstant((long) value);
            default -> throw new IllegalArgumentException("no number: " + kind);
        }
    }
}
