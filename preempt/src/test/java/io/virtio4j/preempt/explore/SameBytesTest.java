// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt.explore;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.preempt.explore.Op.Kind;
import io.virtio4j.preempt.step.CpuSlots;
import io.virtio4j.preempt.step.GlobalPendingGuard;
import io.virtio4j.preempt.step.GuardPlace;
import io.virtio4j.preempt.step.PerCpuGuard;
import io.virtio4j.preempt.step.RescheduleCallback;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** From the same bytes, production and the explored program leave the same bytes, whatever the callbacks do meanwhile. */
class SameBytesTest {
    private static final int CPUS = 3;

    /** A method of production. */
    private interface Method {
        void run(CpuSlots slots, int cpu, RescheduleCallback callback);
    }

    private static final class Guard extends GuardPlace {
        Guard(CpuSlots slots, int cpu, RescheduleCallback callback) {
            super(slots, cpu, callback);
        }
    }

    private record Pair(Part part, Method method) {}

    private static final List<Pair> PER_CPU = List.of(
            new Pair(Part.ENTER, (slots, cpu, callback) -> PerCpuGuard.enter(new Guard(slots, cpu, callback))),
            new Pair(Part.EXIT, (slots, cpu, callback) -> PerCpuGuard.exit(new Guard(slots, cpu, callback))),
            new Pair(Part.DRAIN, PerCpuGuard::drain),
            new Pair(Part.ENTER_INTERRUPT, (slots, cpu, callback) -> PerCpuGuard.enterInterrupt(slots, cpu)),
            new Pair(Part.EXIT_INTERRUPT, PerCpuGuard::exitInterrupt),
            new Pair(Part.REQUEST, (slots, cpu, callback) -> PerCpuGuard.request(slots, cpu)),
            new Pair(Part.BEGIN_SWITCH, (slots, cpu, callback) -> PerCpuGuard.beginSwitch(slots, cpu)),
            new Pair(Part.END_SWITCH, PerCpuGuard::endSwitch),
            new Pair(Part.UNMASK, PerCpuGuard::unmaskAndLook));

    private static final List<Pair> GLOBAL = List.of(
            new Pair(Part.ENTER, (slots, cpu, callback) -> GlobalPendingGuard.enter(slots, cpu)),
            new Pair(Part.EXIT, GlobalPendingGuard::exit),
            new Pair(Part.ENTER_INTERRUPT, (slots, cpu, callback) -> GlobalPendingGuard.enterInterrupt(slots, cpu)),
            new Pair(Part.EXIT_INTERRUPT, (slots, cpu, callback) -> GlobalPendingGuard.exitInterrupt(slots, cpu)),
            new Pair(Part.REQUEST, (slots, cpu, callback) -> GlobalPendingGuard.request(slots, cpu)));

    @Property
    void theDefault(@ForAll long seed) {
        compare(PerCpuPrograms.policy(), PER_CPU, seed);
    }

    @Property
    void thePlansPolicy(@ForAll long seed) {
        compare(GlobalPrograms.policy(), GLOBAL, seed);
    }

    private static void compare(Policy policy, List<Pair> pairs, long seed) {
        Random random = new Random(seed);
        CpuSlots byProduction = new CpuSlots(CPUS);
        fill(byProduction, random);
        byte[] bytes = new byte[byProduction.lengthBytes()];
        byProduction.copyTo(bytes);
        CpuSlots byProgram = new CpuSlots(CPUS);
        byProgram.copyFrom(bytes);
        Pair pair = pairs.get(random.nextInt(pairs.size()));
        int cpu = random.nextInt(CPUS);
        long callbackSeed = random.nextLong();

        pair.method().run(byProduction, cpu, callback(byProduction, callbackSeed));
        run(policy, pair.part(), byProgram, cpu, callback(byProgram, callbackSeed));

        byte[] expected = new byte[bytes.length];
        byProduction.copyTo(expected);
        byProgram.copyTo(bytes);
        assertThat(bytes).as("%s on CPU %d", pair.part(), cpu).isEqualTo(expected);
    }

    private static void fill(CpuSlots slots, Random random) {
        for (int cpu = 0; cpu < CPUS; cpu++) {
            slots.setCountOpaque(cpu, random.nextInt(3));
            slots.setPendingOpaque(cpu, random.nextInt(2));
            slots.setDrainingOpaque(cpu, random.nextInt(2));
            slots.setMaskedOpaque(cpu, random.nextInt(2));
            slots.setRequestsOpaque(cpu, random.nextInt(9));
            slots.setServedOpaque(cpu, random.nextInt(9));
            slots.setCallbacksOpaque(cpu, random.nextInt(9));
        }
        slots.setGlobalPendingVolatile(random.nextInt(2));
    }

    /** Migrates at will, and asks again a few times. */
    private static RescheduleCallback callback(CpuSlots slots, long seed) {
        Random random = new Random(seed);
        int[] left = {3};
        return cpu -> {
            int next = random.nextInt(CPUS);
            slots.setPendingOpaque(next, left[0]-- > 0 ? random.nextInt(2) : 0);
            slots.setTicksOpaque(cpu, slots.getTicksOpaque(cpu) + 1);
            return next;
        };
    }

    /** Runs a program as the explorer does, with nothing between its steps. */
    private static void run(Policy policy, Part part, CpuSlots slots, int startCpu, RescheduleCallback callback) {
        List<Op> ops = policy.program(part).ops();
        int cpu = startCpu;
        int resumedOn = startCpu;
        int value = 0;
        for (int at = 0; ops.get(at).kind() != Kind.RETURN; ) {
            Op op = ops.get(at);
            int result = 0;
            switch (op.kind()) {
                case STEP -> {
                    result = op.action().run(slots, cpu, value);
                    value = op.traits().keepsResult() ? result : 0;
                }
                case READ_CPU -> cpu = resumedOn;
                case CALL -> {
                    if (op.callee() == Part.CALLBACK) {
                        resumedOn = callback.reschedule(cpu);
                    } else {
                        run(policy, op.callee(), slots, cpu, callback);
                    }
                }
                default -> throw new IllegalStateException("no part has a " + op.kind());
            }
            at = result == 0 ? op.ifZero() : op.ifNonZero();
        }
    }
}
