// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The programs of a policy one behind the other, so that a place in any of them is one number. */
final class Machine {
    final Policy policy;
    final Bounds bounds;
    /** The instruction at each place. */
    final Op[] ops;
    /** The part that the instruction at each place belongs to. */
    final Part[] parts;
    /** The name of its program. */
    final String[] names;

    private final Map<Part, Integer> raises = new EnumMap<>(Part.class);
    private final int[] ifZero;
    private final int[] ifNonZero;
    private final Map<Part, Integer> starts = new EnumMap<>(Part.class);

    Machine(Policy policy, Bounds bounds) {
        this.policy = policy;
        this.bounds = bounds;
        List<Op> all = new ArrayList<>();
        List<Part> owners = new ArrayList<>();
        List<Integer> bases = new ArrayList<>();
        policy.programs().forEach((part, program) -> {
            int base = all.size();
            starts.put(part, base);
            for (Op op : program.ops()) {
                all.add(op);
                owners.add(part);
                bases.add(base);
            }
        });
        this.ops = all.toArray(Op[]::new);
        this.parts = owners.toArray(Part[]::new);
        this.names = new String[ops.length];
        this.ifZero = new int[ops.length];
        this.ifNonZero = new int[ops.length];
        for (int at = 0; at < ops.length; at++) {
            if (ops[at].kind() == Op.Kind.RAISE) {
                raises.put(parts[at], at);
            }
            names[at] = policy.program(parts[at]).name();
            ifZero[at] = bases.get(at) + ops[at].ifZero();
            ifNonZero[at] = bases.get(at) + ops[at].ifNonZero();
        }
    }

    /** {@return where the program of a part begins} */
    int start(Part part) {
        return Objects.requireNonNull(starts.get(part));
    }

    /** {@return where a part raises an interrupt on another CPU, or -1} */
    int raiseIn(Part part) {
        return raises.getOrDefault(part, -1);
    }

    /** {@return the place after an instruction that gave {@code result}} */
    int next(int at, int result) {
        return result == 0 ? ifZero[at] : ifNonZero[at];
    }
}
