// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Kind;
import java.util.ArrayList;
import java.util.List;

/** Programs made from others by changing one thing. */
final class Faults {
    private Faults() {}

    /** {@return the program with one instruction replaced by a jump to where it goes when it gives {@code result}} */
    static Program leaveOut(Program program, int at, int result) {
        List<Op> ops = new ArrayList<>(program.ops());
        Op op = ops.get(at);
        int next = result == 0 ? op.ifZero() : op.ifNonZero();
        ops.set(at, new Op(Kind.JUMP, "left out", null, Op.Traits.NONE, null, next, next));
        return program.with(program.name(), ops);
    }

    /** {@return the program without the instructions of a kind} */
    static Program leaveOut(Program program, Kind kind) {
        Program changed = program;
        for (int at = 0; at < program.ops().size(); at++) {
            if (program.ops().get(at).kind() == kind) {
                changed = leaveOut(changed, at, 0);
            }
        }
        return changed;
    }

    /** {@return the program with one instruction and the one behind it exchanged; both must go on to the next} */
    static Program swap(Program program, int at) {
        List<Op> ops = new ArrayList<>(program.ops());
        Op first = ops.get(at);
        Op second = ops.get(at + 1);
        ops.set(at, goingTo(second, at + 1));
        ops.set(at + 1, goingTo(first, at + 2));
        return program.with(program.name(), ops);
    }

    private static Op goingTo(Op op, int next) {
        return new Op(op.kind(), op.name(), op.action(), op.traits(), op.callee(), next, next);
    }

    /** {@return the program with steps that find their CPU and act there in one instruction} */
    static Program onThisCpu(Program program) {
        List<Op> ops = new ArrayList<>();
        for (Op op : program.ops()) {
            ops.add(new Op(
                    op.kind(),
                    op.name(),
                    op.action(),
                    op.traits().withThisCpu(),
                    op.callee(),
                    op.ifZero(),
                    op.ifNonZero()));
        }
        return program.with(program.name(), ops);
    }
}
