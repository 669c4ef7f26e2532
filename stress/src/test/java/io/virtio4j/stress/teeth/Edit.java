// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * A change of one method's byte code. Nothing that does not match is passed over: a change that changes nothing throws, for
 * the code is no longer what it was written for.
 */
@FunctionalInterface
interface Edit {
    void apply(ClassNode code, MethodNode method);

    /**
     * The check that tells such a reason is not made: neither do jumps to the telling happen, nor does the code before it fall
     * into it. Where the check ends a loop, the loop is {@link Endless}.
     */
    static Edit withoutCheck(String reason) {
        return (code, method) -> {
            AbstractInsnNode told = find(method, insn -> says(insn, reason), '"' + reason + '"');
            List<LabelNode> into = new ArrayList<>();
            AbstractInsnNode before = told.getPrevious();
            while (!(before instanceof JumpInsnNode) && !endsPath(before)) {
                if (before instanceof LabelNode label) {
                    into.add(label);
                }
                before = before.getPrevious();
            }
            boolean changed = false;
            for (AbstractInsnNode insn : method.instructions.toArray()) {
                if (insn instanceof JumpInsnNode jump && isConditional(jump) && into.contains(jump.label)) {
                    replace(method, jump, onlyToEndIt(jump.label));
                    changed = true;
                }
            }
            if (before instanceof JumpInsnNode jump && isConditional(jump)) {
                replace(method, jump, always(jump.label));
                changed = true;
            }
            require(changed, method, "no condition leads to " + reason);
        };
    }

    /** One part of a condition is taken as fulfilled: its jump is never made. Parts are counted from 0. */
    static Edit withoutPart(int part) {
        return (code, method) -> {
            List<JumpInsnNode> jumps = Arrays.stream(method.instructions.toArray())
                    .filter(JumpInsnNode.class::isInstance)
                    .map(JumpInsnNode.class::cast)
                    .filter(Edit::isConditional)
                    .toList();
            require(part < jumps.size(), method, "has " + jumps.size() + " conditions");
            JumpInsnNode jump = jumps.get(part);
            replace(method, jump, onlyToEndIt(jump.label));
        };
    }

    /** A field of ints reads as another value all through the method. */
    static Edit readsAs(String field, int value) {
        return (code, method) -> {
            boolean changed = false;
            for (AbstractInsnNode insn : method.instructions.toArray()) {
                if (insn.getOpcode() == Opcodes.GETFIELD && ((FieldInsnNode) insn).name.equals(field)) {
                    InsnList by = new InsnList();
                    by.add(new InsnNode(Opcodes.POP));
                    by.add(new IntInsnNode(Opcodes.SIPUSH, value));
                    method.instructions.insert(insn, by);
                    method.instructions.remove(insn);
                    changed = true;
                }
            }
            require(changed, method, "does not read " + field);
        };
    }

    /** Another method is called, which takes and gives the same. */
    static Edit callsInstead(String called, String instead) {
        return (code, method) -> {
            MethodInsnNode call = (MethodInsnNode)
                    find(method, insn -> insn instanceof MethodInsnNode m && m.name.equals(called), called);
            call.name = instead;
        };
    }

    /** A call with one argument is not made: what it was to be made on is taken for its answer. */
    static Edit withoutCall(String called) {
        return (code, method) -> {
            AbstractInsnNode call =
                    find(method, insn -> insn instanceof MethodInsnNode m && m.name.equals(called), called);
            method.instructions.set(call, new InsnNode(Opcodes.POP));
        };
    }

    /** What a call has loaded into a long is loaded once more, by the same call, where the field is cut out of it. */
    static Edit loadedAgain(String load, String cut) {
        return (code, method) -> {
            InsnList again = call(method, load);
            AbstractInsnNode use = find(method, insn -> insn instanceof MethodInsnNode m && m.name.equals(cut), cut);
            again.insert(new InsnNode(Opcodes.POP2));
            method.instructions.insertBefore(use, again);
        };
    }

    /** Once the field was checked it is loaded anew, by the same call, and shifted into place; what was checked is forgotten. */
    static Edit loadedAgainAfterTheCheck(String load, int shift, String variable, String before) {
        return (code, method) -> {
            InsnList again = call(method, load);
            again.add(new IntInsnNode(Opcodes.BIPUSH, shift));
            again.add(new InsnNode(Opcodes.LUSHR));
            again.add(new LdcInsnNode(0xFFFF_FFFFL));
            again.add(new InsnNode(Opcodes.LAND));
            int slot = method.localVariables.stream()
                    .filter(local -> local.name.equals(variable))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(method.name + " has no variable " + variable))
                    .index;
            again.add(new VarInsnNode(Opcodes.LSTORE, slot));
            AbstractInsnNode use =
                    find(method, insn -> insn instanceof MethodInsnNode m && m.name.equals(before), before);
            method.instructions.insertBefore(firstOfCall(use), again);
        };
    }

    /** Does another thing first: calls a method of the same object, whose boolean answer is dropped. */
    static Edit firstWalksAgain(String walk, String descriptor) {
        return (code, method) -> {
            InsnList first = new InsnList();
            first.add(new VarInsnNode(Opcodes.ALOAD, 0));
            first.add(new VarInsnNode(Opcodes.ALOAD, 1));
            first.add(new VarInsnNode(Opcodes.ALOAD, 1));
            first.add(new MethodInsnNode(
                    Opcodes.INVOKEVIRTUAL, "io/virtio4j/device/DescriptorChain", "id", "()I", false));
            first.add(new MethodInsnNode(Opcodes.INVOKEVIRTUAL, code.name, walk, descriptor, false));
            first.add(new InsnNode(Opcodes.POP));
            method.instructions.insert(first);
        };
    }

    /** A class file with one method changed; the method is the only one of its name that has code. */
    static byte[] change(byte[] classFile, String methodName, Edit edit) {
        ClassNode code = new ClassNode();
        new ClassReader(classFile).accept(code, 0);
        List<MethodNode> methods = code.methods.stream()
                .filter(method -> method.name.equals(methodName)
                        && method.instructions.size() > 0
                        && (method.access & Opcodes.ACC_BRIDGE) == 0)
                .toList();
        if (methods.size() != 1) {
            throw new IllegalStateException(code.name + " has " + methods.size() + " methods " + methodName);
        }
        edit.apply(code, methods.get(0));
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        code.accept(writer);
        return writer.toByteArray();
    }

    // --- what the edits are made of ----------------------------------------------------------------------------

    private static boolean says(AbstractInsnNode insn, String reason) {
        if (insn instanceof LdcInsnNode ldc) {
            return ldc.cst instanceof String text && text.contains(reason);
        }
        return insn instanceof InvokeDynamicInsnNode concat
                && concat.bsmArgs.length > 0
                && concat.bsmArgs[0] instanceof String recipe
                && recipe.contains(reason);
    }

    private static AbstractInsnNode find(MethodNode method, Predicate<AbstractInsnNode> wanted, String what) {
        List<AbstractInsnNode> found =
                Arrays.stream(method.instructions.toArray()).filter(wanted).toList();
        require(!found.isEmpty(), method, "has no " + what);
        return found.get(0);
    }

    private static void require(boolean holds, MethodNode method, String what) {
        if (!holds) {
            throw new IllegalStateException(method.name + ": " + what);
        }
    }

    private static boolean isConditional(JumpInsnNode jump) {
        return jump.getOpcode() != Opcodes.GOTO;
    }

    private static boolean endsPath(AbstractInsnNode insn) {
        int opcode = insn.getOpcode();
        return opcode == Opcodes.ATHROW || (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN);
    }

    private static void replace(MethodNode method, JumpInsnNode jump, InsnList by) {
        boolean comparesTwo = jump.getOpcode() >= Opcodes.IF_ICMPEQ && jump.getOpcode() <= Opcodes.IF_ACMPNE;
        by.insert(new InsnNode(comparesTwo ? Opcodes.POP2 : Opcodes.POP));
        method.instructions.insertBefore(jump, by);
        method.instructions.remove(jump);
    }

    /** A jump that looks like one that may not be made: the code behind it keeps its frame. */
    private static InsnList always(LabelNode target) {
        InsnList code = new InsnList();
        code.add(new InsnNode(Opcodes.ICONST_0));
        code.add(new JumpInsnNode(Opcodes.IFEQ, target));
        return code;
    }

    private static InsnList onlyToEndIt(LabelNode target) {
        InsnList code = new InsnList();
        code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, Type.getInternalName(Endless.class), "isOver", "()Z", false));
        code.add(new JumpInsnNode(Opcodes.IFNE, target));
        return code;
    }

    /** A copy of a call with all that is pushed for it: variables and fields of this object. */
    private static InsnList call(MethodNode method, String name) {
        AbstractInsnNode call = find(method, insn -> insn instanceof MethodInsnNode m && m.name.equals(name), name);
        Map<LabelNode, LabelNode> labels = new HashMap<>();
        for (AbstractInsnNode insn : method.instructions.toArray()) {
            if (insn instanceof LabelNode label) {
                labels.put(label, label);
            }
        }
        InsnList copy = new InsnList();
        for (AbstractInsnNode insn = firstOfCall(call); ; insn = insn.getNext()) {
            if (insn.getOpcode() >= 0) {
                copy.add(insn.clone(labels));
            }
            if (insn == call) {
                return copy;
            }
        }
    }

    private static AbstractInsnNode firstOfCall(AbstractInsnNode call) {
        int wanted = popped((MethodInsnNode) call);
        AbstractInsnNode at = call;
        while (wanted > 0) {
            at = at.getPrevious();
            if (at instanceof VarInsnNode) {
                wanted--;
            } else if (at instanceof MethodInsnNode inner) {
                wanted += popped(inner) - 1;
            } else if (at.getOpcode() >= 0 && !(at instanceof FieldInsnNode)) {
                throw new IllegalStateException("a call is given what is no variable, no field and no call");
            }
        }
        return at;
    }

    private static int popped(MethodInsnNode call) {
        return Type.getArgumentTypes(call.desc).length + (call.getOpcode() == Opcodes.INVOKESTATIC ? 0 : 1);
    }
}
