// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.preempt.explore.Explorer.Mode;
import io.virtio4j.preempt.explore.Op.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every step of the default is there for a reason: without it, or with the next one first, exploration finds a failure. */
@Timeout(400)
class PlantedFaultsTest {
    private static final List<Part> PARTS = List.of(
            Part.ENTER,
            Part.EXIT,
            Part.DRAIN,
            Part.ENTER_INTERRUPT,
            Part.EXIT_INTERRUPT,
            Part.REQUEST,
            Part.BEGIN_SWITCH,
            Part.END_SWITCH,
            Part.UNMASK);

    /** Faults that change nothing that matters, and why. */
    private static final Map<String, String> HARMLESS = Map.of(
            "drain 0 setDraining after clearPending",
            "an interrupt between the two drains by itself, and this drain calls back once more for nothing",
            "exitInterrupt 4 unmask after clearPending",
            "with draining set an interrupt between the two does nothing but set the flag, and the loop looks again",
            "exitInterrupt 8 read CPU left out",
            "a task preempted in an interrupt is pinned; where it may migrate, the CPU must be read again",
            "exitInterrupt 8 read CPU after mask",
            "the same",
            "exitInterrupt 1 isPending never 0",
            "every interrupt would call back once: work for nothing, and nothing lost",
            "unmaskAndLook 2 isPending never 0",
            "every unmasking would call back once: work for nothing, and nothing lost",
            "request 0 countRequest after setPending",
            "in a guard or an interrupt no callback can begin between the two");

    /** One fault: its name, and the policy that has it. */
    private record Fault(String name, Policy policy) {}

    @Test
    void eachFaultIsFoundUnlessItIsExplained() {
        Map<String, String> found = new ConcurrentSkipListMap<>();
        Set<String> harmless = new ConcurrentSkipListSet<>();
        faults().parallelStream()
                .forEach(fault -> failureOf(fault.policy())
                        .ifPresentOrElse(f -> found.put(fault.name(), f), () -> harmless.add(fault.name())));
        assertThat(harmless).isEqualTo(new TreeSet<>(HARMLESS.keySet()));
        assertThat(found).hasSize(50);
    }

    private static List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        Policy policy = PerCpuPrograms.policy();
        for (Part part : PARTS) {
            Program program = policy.program(part);
            for (int at = 0; at < program.ops().size(); at++) {
                Op op = program.ops().get(at);
                if (op.kind() != Kind.STEP && op.kind() != Kind.READ_CPU) {
                    continue;
                }
                String name = program.name() + " " + at + " " + op.name();
                if (op.ifZero() == op.ifNonZero()) {
                    faults.add(new Fault(name + " left out", policy.with(part, Faults.leaveOut(program, at, 0))));
                } else {
                    faults.add(new Fault(name + " always 0", policy.with(part, Faults.leaveOut(program, at, 0))));
                    faults.add(new Fault(name + " never 0", policy.with(part, Faults.leaveOut(program, at, 1))));
                }
                if (canSwap(program, at)) {
                    faults.add(new Fault(
                            name + " after " + program.ops().get(at + 1).name(),
                            policy.with(part, Faults.swap(program, at))));
                }
            }
        }
        return faults;
    }

    /** Two steps in a row without a decision, of which the second does not need what the first loaded. */
    private static boolean canSwap(Program program, int at) {
        Op first = program.ops().get(at);
        Op second = program.ops().get(at + 1);
        return first.ifZero() == first.ifNonZero()
                && first.ifZero() == at + 1
                && (second.kind() == Kind.STEP || second.kind() == Kind.READ_CPU)
                && second.ifZero() == second.ifNonZero()
                && !first.traits().keepsResult();
    }

    private static Optional<String> failureOf(Policy policy) {
        for (Bounds bounds : Bounds.TABLE) {
            for (Workload workload : Workload.ALL) {
                Explorer explorer = new Explorer(
                                policy, bounds, workload, new Mode(true, true, null, 200_000, Integer.MAX_VALUE))
                        .search();
                if (!explorer.failures().isEmpty()) {
                    return Optional.of(explorer.failures().iterator().next().text());
                }
                if (!explorer.lostIsMeasured()) {
                    return Optional.of("requests - served does not say what is owed");
                }
            }
        }
        return Optional.empty();
    }
}
