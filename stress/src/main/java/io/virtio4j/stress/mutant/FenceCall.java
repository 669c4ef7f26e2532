// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** A call in a class's code that issues a fence, or leads to one. */
final class FenceCall {
    private static final String HANDLE = "java/lang/invoke/VarHandle";
    private static final Set<String> TOKENS =
            Arrays.stream(Fence.values()).map(Fence::token).collect(Collectors.toSet());

    /** Methods of a driver's queue that return no token: a fence under another name. */
    private static final Set<String> QUEUE_FENCES = Set.of("fullFence", "readFence");

    private FenceCall() {}

    static boolean is(String owner, String name, String descriptor) {
        boolean makesToken = TOKENS.contains(Type.getReturnType(descriptor).getInternalName());
        boolean ofHandle = owner.equals(HANDLE) && name.endsWith("Fence");
        boolean ofQueue = owner.startsWith("io/virtio4j/driver/") && QUEUE_FENCES.contains(name);
        return makesToken || ofHandle || ofQueue;
    }

    /** The instructions of a class that call the place's method in the place's method, in the order of the code. */
    static List<MethodInsnNode> callsOf(Place place, ClassNode code) {
        List<MethodInsnNode> calls = new ArrayList<>();
        for (MethodNode method : code.methods) {
            if (method.name.equals(place.method())) {
                for (AbstractInsnNode instruction : method.instructions) {
                    if (instruction instanceof MethodInsnNode call
                            && call.name.equals(place.call())
                            && is(call.owner, call.name, call.desc)) {
                        calls.add(call);
                    }
                }
            }
        }
        return calls;
    }

    static Optional<MethodInsnNode> find(Place place, ClassNode code) {
        List<MethodInsnNode> calls = callsOf(place, code);
        return place.occurrence() < calls.size() ? Optional.of(calls.get(place.occurrence())) : Optional.empty();
    }

    static boolean isStatic(MethodInsnNode call) {
        return call.getOpcode() == Opcodes.INVOKESTATIC;
    }

    static boolean returnsToken(MethodInsnNode call) {
        return Type.getReturnType(call.desc).getSort() == Type.OBJECT;
    }

    /** The call that issues another fence in the same way: of the same memory or ring, token class, or of the JVM. */
    static MethodInsnNode of(MethodInsnNode call, Fence fence) {
        if (call.owner.equals(HANDLE)) {
            return ofHandle(fence.handleMethod());
        }
        if (isStatic(call)) {
            return new MethodInsnNode(Opcodes.INVOKESTATIC, fence.token(), call.name, tokenDescriptor(fence.token()));
        }
        return new MethodInsnNode(
                call.getOpcode(), call.owner, fence.method(), tokenDescriptor(fence.token()), call.itf);
    }

    static MethodInsnNode ofHandle(String method) {
        return new MethodInsnNode(Opcodes.INVOKESTATIC, HANDLE, method, "()V");
    }

    static String tokenDescriptor(String token) {
        return "()L" + token + ';';
    }
}
