// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import io.virtio4j.device.DeviceSession;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.ConfigChangeListener;
import io.virtio4j.wire.DeviceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a stepped device could do next, and the doing of one thing of it. */
final class StepUnits {
    final NotificationLine kicks;
    final NotificationLine calls;
    private final OneUnitDevice device;
    private final DeviceSession session;
    private final SplittableRandom random;
    private final Map<Integer, CallSink> callSinks = new TreeMap<>();
    private final List<Runnable> ready = new ArrayList<>();
    private List<QueueWatch> watches = List.of();

    /** The device asked for a turn, from any thread: its own work goes on until there is none. */
    private final AtomicBoolean workWanted = new AtomicBoolean();

    private boolean configChanged;
    private int generation;

    StepUnits(OneUnitDevice device, DeviceSession session, StepPlan plan, SplittableRandom random) {
        this.device = device;
        this.session = session;
        this.random = random;
        this.kicks = new NotificationLine(plan.kicks(), random.split());
        this.calls = new NotificationLine(plan.calls(), random.split());
    }

    /** Any thread. */
    void wake() {
        workWanted.set(true);
    }

    void configChanged() {
        configChanged = true;
    }

    void listen(int queueIndex, CallSink callSink) {
        callSinks.put(queueIndex, callSink);
    }

    void statusWritten() {
        if (watches.isEmpty() && isRunning()) {
            watches = device.queues().stream().map(QueueWatch::new).toList();
            generation = device.config().generation();
            workWanted.set(true);
        }
    }

    /** Queues were stopped or started while the device runs: those that go on are watched as before. */
    void queuesChanged() {
        List<QueueWatch> before = watches;
        watches = device.queues().stream()
                .map(queue -> before.stream()
                        .filter(watch -> watch.isOf(queue))
                        .findFirst()
                        .orElseGet(() -> new QueueWatch(queue)))
                .toList();
        workWanted.set(true);
    }

    boolean serves(int queueIndex) {
        return device.queues().stream().anyMatch(queue -> queue.config().index() == queueIndex);
    }

    /** A queue was reset: what was under way for it or from it went with it, and nobody listens any more. */
    void queueReset(int queueIndex) {
        kicks.lose(queueIndex);
        calls.lose(queueIndex);
        callSinks.remove(queueIndex);
    }

    void configWritten() {
        generation = device.config().generation();
        workWanted.set(true);
    }

    void reset() {
        watches = List.of();
        callSinks.clear();
        kicks.clear();
        calls.clear();
        configChanged = false;
        workWanted.set(false);
    }

    /** Ends the device's work in a failure; false if there is no work. */
    boolean fail(DeviceFailure failure) {
        if (!isRunning()) {
            return false;
        }
        device.failWith(failure);
        serve(OneUnitDevice.OWN_WORK);
        return true;
    }

    private boolean isRunning() {
        return (session.status() & (DeviceStatus.DRIVER_OK | DeviceStatus.DEVICE_NEEDS_RESET))
                == DeviceStatus.DRIVER_OK;
    }

    private boolean hasOwnWork() {
        return workWanted.get() || device.config().generation() != generation;
    }

    boolean isQuiet() {
        if (calls.isMoving() || configChanged) {
            return false;
        }
        return !isRunning()
                || (!kicks.isMoving() && !hasOwnWork() && watches.stream().allMatch(QueueWatch::isAsleep));
    }

    boolean doOne(long step, ConfigChangeListener listener) {
        ready.clear();
        if (calls.hasDue(step)) {
            ready.add(() -> call(calls.take(step)));
        }
        if (configChanged) {
            ready.add(() -> {
                configChanged = false;
                listener.onConfigChange();
            });
        }
        if (isRunning()) {
            if (kicks.hasDue(step)) {
                ready.add(() -> kick(kicks.take(step)));
            }
            if (hasOwnWork()) {
                ready.add(this::work);
            }
            for (QueueWatch watch : watches) {
                if (!watch.isAsleep()) {
                    ready.add(() -> look(watch));
                }
            }
        }
        if (ready.isEmpty()) {
            return false;
        }
        ready.get(random.nextInt(ready.size())).run();
        return true;
    }

    private void call(int queueIndex) {
        callSinks.getOrDefault(queueIndex, CallSink.NONE).call(queueIndex);
    }

    private void kick(int queueIndex) {
        for (QueueWatch watch : watches) {
            if (watch.index() == queueIndex) {
                watch.kicked();
            }
        }
    }

    private void work() {
        generation = device.config().generation();
        workWanted.set(false);
        if (serve(OneUnitDevice.OWN_WORK) > 0) {
            workWanted.set(true);
        }
    }

    private void look(QueueWatch watch) {
        if (!watch.isLooking()) {
            watch.arm();
            return;
        }
        int work = serve(watch.index());
        watch.looked(work);
        if (work > 0) {
            workWanted.set(true);
        }
    }

    private int serve(int unit) {
        device.select(unit);
        return session.service();
    }

    @Override
    public String toString() {
        return "kicks " + kicks + "; calls " + calls + "; " + watches;
    }
}
