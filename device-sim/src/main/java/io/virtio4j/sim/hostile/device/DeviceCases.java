// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.device.Told.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cases of hostile devices: by what they are about, and how they are put together. */
public final class DeviceCases {
    private DeviceCases() {}

    /** An answer as the cases write it: null keeps the chain. */
    @FunctionalInterface
    interface AnswerOrNull {
        byte @Nullable [] answer(byte[] request, byte[] honest);
    }

    static void onAnswer(DevicePort port, AnswerOrNull script) {
        port.onAnswer((request, honest) -> Optional.ofNullable(script.answer(request, honest)));
    }

    /** {@return cases for any driver: rings, notifications and registers} */
    public static List<HostileCase<DevicePort>> ofRings() {
        List<HostileCase<DevicePort>> all = new ArrayList<>();
        all.addAll(SplitUsedCases.all());
        all.addAll(PackedUsedCases.all());
        all.addAll(RingMemoryCases.all());
        all.addAll(NotificationCases.all());
        all.addAll(FeatureCases.all());
        all.addAll(StatusCases.all());
        all.addAll(ConfigCases.all());
        all.addAll(QueueCases.all());
        all.addAll(ResetCases.all());
        all.addAll(DeviceRuleCases.all());
        all.addAll(DriverRuleCases.all());
        return List.copyOf(all);
    }

    /**
     * Makes a case in which the device is wrong from the start.
     *
     * @param id see {@link HostileCase}
     * @param area see {@link HostileCase}
     * @param clauses see {@link HostileCase}
     * @param violates see {@link HostileCase}
     * @param verdict the right one
     * @param wrong makes the device so
     */
    static HostileCase<DevicePort> of(
            String id, String area, String clauses, String violates, Verdict verdict, Consumer<DevicePort> wrong) {
        return HostileCase.of(id, area, clauses, violates, verdict, (port, stage) -> {
            wrong.accept(port);
            conclude(port, stage);
        });
    }

    /** As {@link #of}, with a device that goes wrong when the driver has brought it up. */
    static HostileCase<DevicePort> afterOpen(
            String id, String area, String clauses, String violates, Verdict verdict, Consumer<DevicePort> wrong) {
        Play<DevicePort> play = (port, stage) -> {
            port.step();
            wrong.accept(port);
            conclude(port, stage);
        };
        return HostileCase.of(id, area, clauses, violates, verdict, play);
    }

    /**
     * As {@link #of}, with a device that is wrong in its rings. Where that breaks the queue, the first request says so
     * and no other is done, and the error handler is told of the queue, once.
     */
    static HostileCase<DevicePort> ofRing(
            String id, String area, String clauses, String violates, Verdict verdict, Consumer<DevicePort> wrong) {
        if (verdict != Verdict.NEEDS_RESET) {
            return of(id, area, clauses, violates, verdict, wrong);
        }
        return HostileCase.of(id, area, clauses, violates, verdict, (port, stage) -> {
            wrong.accept(port);
            conclude(port, stage);
            requireBroken(port, stage);
        });
    }

    /**
     * As {@link #of}, with a device that answers requests of one kind badly: each of these fails, and nothing else
     * does.
     *
     * @param request which: {@link Told#request}
     */
    static HostileCase<DevicePort> fails(
            String id, String area, String clauses, String violates, String request, Consumer<DevicePort> wrong) {
        return HostileCase.of(id, area, clauses, violates, Verdict.REJECTED, (port, stage) -> {
            wrong.accept(port);
            conclude(port, stage);
            List<Told> told = port.told();
            boolean right = told.get(0).kind() == Kind.DONE
                    && told.stream()
                            .skip(1)
                            .allMatch(step ->
                                    step.kind() == Kind.FAILED && step.request().equals(request));
            stage.requireHonest(right, "each " + request + " failed, and nothing else did, and told was " + told);
        });
    }

    /** As {@link #of}, with a device that is wrong in its registers: where it is rejected, it is so when it is opened. */
    static HostileCase<DevicePort> ofRegisters(
            String id, String area, String clauses, String violates, Verdict verdict, Consumer<DevicePort> wrong) {
        return HostileCase.of(id, area, clauses, violates, verdict, (port, stage) -> {
            wrong.accept(port);
            conclude(port, stage);
            boolean refused = port.told().get(0).kind() == Kind.REFUSED;
            stage.requireHonest(
                    refused == (verdict == Verdict.REJECTED),
                    "the device was " + (refused ? "refused" : "taken") + ", and told was " + port.told());
        });
    }

    private static void requireBroken(DevicePort port, Stage stage) {
        List<Told> told = port.told();
        if (told.stream().skip(1).anyMatch(step -> step.kind() != Kind.BROKEN)) {
            stage.lied("the ring is broken, and requests went on: " + told);
        }
        long reports = port.reports().stream()
                .filter(BrokenQueueException.class::isInstance)
                .count();
        if (reports != 1) {
            stage.lied("a ring is broken, and the error handler was told of it " + reports + " times");
        }
    }

    /** Has the driver do all it does, and says what came of it. */
    static void conclude(DevicePort port, Stage stage) {
        conclude(port, stage, 0);
    }

    /** As {@link #conclude(DevicePort, Stage)}, of what came after the last opening. */
    static void concludeAfterRestart(DevicePort port, Stage stage) {
        conclude(port, stage, port.told().size() - 1);
    }

    private static void conclude(DevicePort port, Stage stage, int from) {
        stage.settle();
        List<Told> told = port.told().subList(from, port.told().size());
        told.stream().filter(step -> step.kind() == Kind.WRONG).forEach(step -> stage.lied(step.what()));
        if (told.stream().allMatch(step -> step.kind() == Kind.DONE)) {
            stage.served();
        } else if (!port.needsReset()) {
            stage.rejected(told.toString());
        }
    }
}
