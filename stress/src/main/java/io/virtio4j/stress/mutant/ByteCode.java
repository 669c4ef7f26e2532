// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.Arrays;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Makes a mutant of a class file.
 *
 * <p>Nothing is changed but the calls that issue fences: no jump, no local variable. The stack may grow deeper for a moment.
 */
final class ByteCode {
    /** The way to a token without its fence, which the shipped token classes do not have. */
    private static final String UNISSUED = "unissued";

    private ByteCode() {}

    static ClassNode read(byte[] classFile) {
        ClassNode code = new ClassNode();
        new ClassReader(classFile).accept(code, 0);
        return code;
    }

    private static byte[] write(ClassNode code) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        code.accept(writer);
        return writer.toByteArray();
    }

    static boolean isToken(String className) {
        return Arrays.stream(Fence.values())
                .anyMatch(fence -> fence.token().replace('/', '.').equals(className));
    }

    /** A token class with a second way to its one instance. */
    static byte[] withUnissued(byte[] classFile) {
        ClassNode code = read(classFile);
        MethodNode method = new MethodNode(
                Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC,
                UNISSUED,
                FenceCall.tokenDescriptor(code.name),
                null,
                null);
        method.instructions.add(new FieldInsnNode(Opcodes.GETSTATIC, code.name, "ISSUED", 'L' + code.name + ';'));
        method.instructions.add(new InsnNode(Opcodes.ARETURN));
        code.methods.add(method);
        return write(code);
    }

    /**
     * Applies a mutant's edit to the class that it is of.
     *
     * @throws IllegalStateException if the class has no such call, or nothing where the fence should go
     */
    static byte[] mutate(byte[] classFile, Mutant mutant) {
        ClassNode code = read(classFile);
        Place place = mutant.place();
        MethodInsnNode call = FenceCall.find(place, code)
                .orElseThrow(() -> new IllegalStateException(place.where() + " has no call " + place.occurrence()
                        + " of " + place.call() + " for " + mutant.id()));
        InsnList within = methodOf(call, code).instructions;
        if (mutant.edit() instanceof Edit.Moved moved) {
            // Before the call itself is taken out: it says how the fence is issued.
            insert(code, moved.to(), call, mutant);
            within.insertBefore(call, withoutFence(call, place));
        } else if (mutant.edit() instanceof Edit.Weakened weakened) {
            within.insertBefore(call, weaker(call, place, weakened.to()));
        } else {
            within.insertBefore(call, withoutFence(call, place));
        }
        within.remove(call);
        return write(code);
    }

    private static MethodNode methodOf(MethodInsnNode call, ClassNode code) {
        return code.methods.stream()
                .filter(method -> method.instructions.contains(call))
                .findFirst()
                .orElseThrow();
    }

    /** In place of the call: its receiver goes, its token comes. */
    private static InsnList withoutFence(MethodInsnNode call, Place place) {
        InsnList code = new InsnList();
        if (!FenceCall.isStatic(call)) {
            code.add(new InsnNode(Opcodes.POP));
        }
        addToken(code, call, place);
        return code;
    }

    private static InsnList weaker(MethodInsnNode call, Place place, Weaker weaker) {
        InsnList code = new InsnList();
        boolean hasReceiver = !FenceCall.isStatic(call);
        for (Fence fence : weaker.fences()) {
            if (hasReceiver) {
                code.add(new InsnNode(Opcodes.DUP));
            }
            MethodInsnNode other = FenceCall.of(call, fence);
            code.add(other);
            if (FenceCall.returnsToken(other)) {
                code.add(new InsnNode(Opcodes.POP));
            }
        }
        weaker.handleMethod().ifPresent(method -> code.add(FenceCall.ofHandle(method)));
        code.add(withoutFence(call, place));
        return code;
    }

    private static void addToken(InsnList code, MethodInsnNode call, Place place) {
        if (FenceCall.returnsToken(call)) {
            String token = place.fence().token();
            code.add(new MethodInsnNode(Opcodes.INVOKESTATIC, token, UNISSUED, FenceCall.tokenDescriptor(token)));
        }
    }

    private static void insert(ClassNode code, Spot spot, MethodInsnNode call, Mutant mutant) {
        int inserted = 0;
        for (MethodNode method : code.methods) {
            if (method.name.equals(spot.method()) && method.instructions.size() > 0) {
                inserted += insert(method.instructions, spot, call);
            }
        }
        if (inserted == 0) {
            throw new IllegalStateException("nowhere to put the fence of " + mutant.id() + ": " + spot);
        }
    }

    private static int insert(InsnList method, Spot spot, MethodInsnNode fence) {
        if (spot.side() == Spot.Side.HEAD) {
            method.insert(again(fence));
            return 1;
        }
        int seen = 0;
        int inserted = 0;
        for (AbstractInsnNode instruction : method.toArray()) {
            if (spot.side() == Spot.Side.RETURNS) {
                if (instruction.getOpcode() >= Opcodes.IRETURN && instruction.getOpcode() <= Opcodes.RETURN) {
                    method.insertBefore(instruction, again(fence));
                    inserted++;
                }
            } else if (instruction instanceof MethodInsnNode call
                    && spot.calls().contains(call.name)) {
                if (spot.occurrence() == Spot.ALL || spot.occurrence() == seen) {
                    if (spot.side() == Spot.Side.BEFORE) {
                        method.insertBefore(instruction, again(fence));
                    } else {
                        method.insert(instruction, again(fence));
                    }
                    inserted++;
                }
                seen++;
            }
        }
        return inserted;
    }

    /** The same fence, its token thrown away; the object that issues it is this one or a field of it. */
    private static InsnList again(MethodInsnNode fence) {
        InsnList code = new InsnList();
        AbstractInsnNode before = fence.getPrevious();
        if (before instanceof FieldInsnNode field
                && field.getOpcode() == Opcodes.GETFIELD
                && field.getPrevious() instanceof VarInsnNode owner
                && owner.var == 0) {
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
            code.add(new FieldInsnNode(Opcodes.GETFIELD, field.owner, field.name, field.desc));
        } else if (before instanceof VarInsnNode owner && owner.var == 0) {
            code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        } else {
            throw new IllegalStateException("a fence of neither this object nor a field of it: " + fence.name);
        }
        code.add(new MethodInsnNode(fence.getOpcode(), fence.owner, fence.name, fence.desc, fence.itf));
        if (FenceCall.returnsToken(fence)) {
            code.add(new InsnNode(Opcodes.POP));
        }
        return code;
    }
}
