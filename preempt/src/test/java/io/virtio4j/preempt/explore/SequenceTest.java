// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.preempt.explore.Op.Kind;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.GuardSteps;
import io.virtio4j.preempt.step.PerCpuGuard;
import io.virtio4j.preempt.step.RescheduleCallback;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Production runs the steps that were explored: the byte code of each method and the program of the same name are the same
 * graph of steps and decisions, with nothing between.
 */
class SequenceTest {
    private static final String STEPS = Type.getInternalName(GuardSteps.class);
    private static final String CALLBACK = Type.getInternalName(RescheduleCallback.class);

    /** What may stand between two steps: moving values about. */
    private static final Set<Integer> MOVES = Set.of(
            Opcodes.ALOAD,
            Opcodes.ILOAD,
            Opcodes.GETFIELD,
            Opcodes.ISTORE,
            Opcodes.ICONST_M1,
            Opcodes.ICONST_0,
            Opcodes.ICONST_1,
            Opcodes.IADD,
            Opcodes.POP,
            -1 /* labels, lines, frames */);

    /** What may stand between a step and the decision by its result. */
    private static final Set<Integer> KEEPS_RESULT =
            Set.of(Opcodes.DUP, Opcodes.ISTORE, -1 /* labels, lines, frames */);

    /** A step and where it goes when it gives 0 and when it gives something else. */
    private record Node(String step, int ifZero, int ifNonZero) {}

    @ParameterizedTest
    @CsvSource({
        "enter, ENTER",
        "exit, EXIT",
        "drain, DRAIN",
        "enterInterrupt, ENTER_INTERRUPT",
        "exitInterrupt, EXIT_INTERRUPT",
        "request, REQUEST",
        "beginSwitch, BEGIN_SWITCH",
        "endSwitch, END_SWITCH",
        "unmaskAndLook, UNMASK"
    })
    void theDefaultRunsWhatWasExplored(String method, Part part) throws IOException {
        assertThat(graphOf(PerCpuGuard.class, method))
                .isEqualTo(graphOf(PerCpuPrograms.policy().program(part)));
    }

    @ParameterizedTest
    @CsvSource({
        "enter, ENTER",
        "exit, EXIT",
        "enterInterrupt, ENTER_INTERRUPT",
        "exitInterrupt, EXIT_INTERRUPT",
        "request, REQUEST"
    })
    void thePlansPolicyRunsWhatWasExplored(String method, Part part) throws IOException {
        assertThat(graphOf(GlobalPendingGuard.class, method))
                .isEqualTo(graphOf(GlobalPrograms.policy().program(part)));
    }

    // ---- a graph: its steps numbered in the order in which a walk along both ways meets them

    private static List<Node> graphOf(Class<?> owner, String name) throws IOException {
        ClassNode type = new ClassNode();
        try (InputStream bytes = owner.getResourceAsStream(owner.getSimpleName() + ".class")) {
            new ClassReader(bytes).accept(type, ClassReader.SKIP_DEBUG);
        }
        MethodNode method = type.methods.stream()
                .filter(m -> m.name.equals(name))
                .findFirst()
                .orElseThrow();
        InsnList code = method.instructions;
        Map<Integer, int[]> ways = new HashMap<>();
        for (int at = 0; at < code.size(); at++) {
            if (code.get(at) instanceof MethodInsnNode call) {
                ways.put(at, waysAfter(code, at, call));
            }
        }
        return numbered(callFrom(code, 0), ways, at -> stepName(type.name, (MethodInsnNode) code.get(at)));
    }

    private static String stepName(String owner, MethodInsnNode call) {
        if (call.owner.equals(STEPS)) {
            return call.name; // for a guard or for a CPU of the slots: the same step
        }
        if (call.owner.equals(owner)) {
            return "call " + call.name;
        }
        assertThat(call.owner).as("what is called between the steps").isEqualTo(CALLBACK);
        return "callback";
    }

    /** The next calls when this one gave 0, and when it gave something else. Only its own result may decide. */
    private static int[] waysAfter(InsnList code, int at, MethodInsnNode call) {
        int next = at + 1;
        while (next < code.size() && KEEPS_RESULT.contains(code.get(next).getOpcode())) {
            next++;
        }
        AbstractInsnNode after = code.get(next);
        if (!(after instanceof JumpInsnNode jump) || jump.getOpcode() == Opcodes.GOTO) {
            int to = callFrom(code, at + 1);
            return new int[] {to, to};
        }
        assertThat(Type.getReturnType(call.desc).getSort()).isIn(Type.BOOLEAN, Type.INT);
        int target = callFrom(code, code.indexOf(jump.label));
        int through = callFrom(code, next + 1);
        return switch (jump.getOpcode()) {
            case Opcodes.IFEQ -> new int[] {target, through};
            case Opcodes.IFNE -> new int[] {through, target};
            default -> throw new AssertionError("a decision that is none of 0 or not: " + jump.getOpcode());
        };
    }

    /** The first call at or behind a place, -1 for a return. */
    private static int callFrom(InsnList code, int from) {
        int at = from;
        while (true) {
            AbstractInsnNode instruction = code.get(at);
            if (instruction instanceof MethodInsnNode) {
                return at;
            }
            if (instruction.getOpcode() == Opcodes.RETURN || instruction.getOpcode() == Opcodes.IRETURN) {
                return -1;
            }
            if (instruction.getOpcode() == Opcodes.GOTO) {
                at = code.indexOf(((JumpInsnNode) instruction).label);
                continue;
            }
            assertThat(MOVES).as("instruction %d", at).contains(instruction.getOpcode());
            at++;
        }
    }

    private static List<Node> graphOf(Program program) {
        List<Op> ops = program.ops();
        Map<Integer, int[]> ways = new HashMap<>();
        for (int at = 0; at < ops.size(); at++) {
            Op op = ops.get(at);
            if (op.kind() == Kind.RETURN) {
                continue;
            }
            ways.put(at, new int[] {opFrom(ops, op.ifZero()), opFrom(ops, op.ifNonZero())});
        }
        return numbered(opFrom(ops, 0), ways, at -> opName(ops.get(at)));
    }

    private static String opName(Op op) {
        if (op.kind() != Kind.CALL) {
            return op.name();
        }
        return op.callee() == Part.CALLBACK ? "callback" : "call " + op.name();
    }

    /** The first step at or behind a place. The CPU is read by the callback, which gives it. */
    private static int opFrom(List<Op> ops, int from) {
        int at = from;
        while (ops.get(at).kind() == Kind.JUMP || ops.get(at).kind() == Kind.READ_CPU) {
            if (ops.get(at).kind() == Kind.READ_CPU) {
                assertThat(ops.get(at - 1).callee()).isEqualTo(Part.CALLBACK);
            }
            at = ops.get(at).ifZero();
        }
        return ops.get(at).kind() == Kind.RETURN ? -1 : at;
    }

    private static List<Node> numbered(int start, Map<Integer, int[]> ways, IntFunction<String> name) {
        Map<Integer, Integer> numbers = new HashMap<>(Map.of(-1, -1));
        List<Integer> order = new ArrayList<>();
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            int at = open.pop();
            if (numbers.putIfAbsent(at, order.size()) == null) {
                order.add(at);
                open.push(ways.get(at)[1]);
                open.push(ways.get(at)[0]);
            }
        }
        List<Node> nodes = new ArrayList<>();
        for (int at : order) {
            nodes.add(new Node(name.apply(at), numbers.get(ways.get(at)[0]), numbers.get(ways.get(at)[1])));
        }
        return nodes;
    }
}
