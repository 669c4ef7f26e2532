// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import io.virtio4j.preempt.explore.Op.Action;
import io.virtio4j.preempt.explore.Op.Kind;
import io.virtio4j.preempt.explore.Op.Traits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A named list of instructions, what a method is to production. */
final class Program {
    private final String name;
    private final List<Op> ops;

    private Program(String name, List<Op> ops) {
        this.name = name;
        this.ops = ops;
    }

    /** Writes a program. A return is added at the end. */
    static Program of(String name, Consumer<Builder> body) {
        Builder builder = new Builder();
        body.accept(builder);
        return new Program(name, builder.finish());
    }

    /** {@return a program that does nothing} */
    static Program empty(String name) {
        return of(name, b -> {});
    }

    String name() {
        return name;
    }

    List<Op> ops() {
        return ops;
    }

    /** Another program with some instructions changed, for planted faults. */
    Program with(String newName, List<Op> newOps) {
        return new Program(newName, List.copyOf(newOps));
    }

    @Override
    public String toString() {
        return name;
    }

    /** Writes the instructions of a program one by one. Modifiers and branches belong to the instruction before them. */
    static final class Builder {
        private static final class Draft {
            final Kind kind;
            final String name;
            final @Nullable Action action;
            final @Nullable Part callee;
            Traits traits = Traits.NONE;

            @Nullable
            String ifZero;

            @Nullable
            String ifNonZero;

            Draft(Kind kind, String name, @Nullable Action action, @Nullable Part callee) {
                this.kind = kind;
                this.name = name;
                this.action = action;
                this.callee = callee;
            }
        }

        private final List<Draft> drafts = new ArrayList<>();
        private final Map<String, Integer> labels = new HashMap<>();
        private boolean allThisCpu;

        private Builder add(Draft draft) {
            drafts.add(draft);
            if (allThisCpu) {
                draft.traits = draft.traits.withThisCpu();
            }
            return this;
        }

        private Draft last() {
            return drafts.get(drafts.size() - 1);
        }

        /** A step. */
        Builder step(String name, Action action) {
            return add(new Draft(Kind.STEP, name, action, null));
        }

        /** An instruction without an action. */
        Builder op(Kind kind) {
            return add(new Draft(kind, kind.text, null, null));
        }

        Builder call(Part callee) {
            return add(new Draft(Kind.CALL, callee.text(), null, callee));
        }

        Builder label(String label) {
            if (labels.put(label, drafts.size()) != null) {
                throw new IllegalArgumentException("two labels " + label);
            }
            return this;
        }

        Builder jump(String label) {
            op(Kind.JUMP);
            last().ifZero = label;
            last().ifNonZero = label;
            return this;
        }

        Builder ifZero(String label) {
            last().ifZero = label;
            return this;
        }

        Builder ifNonZero(String label) {
            last().ifNonZero = label;
            return this;
        }

        /** What the step gives is the value of the next. */
        Builder loads() {
            last().traits = last().traits.withKeepsResult();
            return this;
        }

        /** The value stays for the step after the next. */
        Builder keeps() {
            last().traits = last().traits.withKeepsValue();
            return this;
        }

        /** From here on each step finds its CPU and acts there in one instruction. */
        Builder onThisCpu() {
            allThisCpu = true;
            return this;
        }

        /** From here on steps act on the CPU that was read. */
        Builder eachOnItsCpu() {
            allThisCpu = false;
            return this;
        }

        Builder beginsCallback() {
            last().traits = last().traits.withBeginsCallback();
            return this;
        }

        Builder asks() {
            last().traits = last().traits.withAsks();
            return this;
        }

        /** The step touches what other CPUs touch. */
        Builder shared() {
            last().traits = last().traits.withShared();
            return this;
        }

        private int target(@Nullable String label, int otherwise) {
            if (label == null) {
                return otherwise;
            }
            Integer at = labels.get(label);
            if (at == null) {
                throw new IllegalArgumentException("no label " + label);
            }
            return at;
        }

        private List<Op> finish() {
            op(Kind.RETURN);
            List<Op> ops = new ArrayList<>();
            for (int i = 0; i < drafts.size(); i++) {
                Draft d = drafts.get(i);
                int zero = target(d.ifZero, i + 1);
                int nonZero = target(d.ifNonZero, i + 1);
                ops.add(new Op(d.kind, d.name, d.action, d.traits, d.callee, zero, nonZero));
            }
            return List.copyOf(ops);
        }
    }
}
