// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.step;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Notifications of one kind, on their way. */
final class NotificationLine {
    private static final int ALL_PERCENT = 100;

    private final NotificationPlan plan;
    private final SplittableRandom random;
    private final List<Notification> underWay = new ArrayList<>();
    private boolean held;
    private long sent;
    private long lost;
    private long extra;
    private long delivered;

    private record Notification(int queueIndex, long dueStep) {}

    NotificationLine(NotificationPlan plan, SplittableRandom random) {
        this.plan = plan;
        this.random = random;
    }

    void send(int queueIndex, long step) {
        sent++;
        if (random.nextInt(ALL_PERCENT) < plan.lostPercent()) {
            lost++;
        } else {
            add(queueIndex, step);
        }
        if (random.nextInt(ALL_PERCENT) < plan.extraPercent()) {
            addExtra(queueIndex, step);
        }
    }

    void addExtra(int queueIndex, long step) {
        extra++;
        add(queueIndex, step);
    }

    private void add(int queueIndex, long step) {
        underWay.add(new Notification(queueIndex, step + 1 + random.nextInt(plan.maxDelaySteps() + 1)));
    }

    void hold(boolean newHeld) {
        held = newHeld;
    }

    /** Loses all that are under way, and returns how many there were. */
    int lose() {
        int count = underWay.size();
        lost += count;
        underWay.clear();
        return count;
    }

    /** Loses those of one queue, which was reset. */
    void lose(int queueIndex) {
        int before = underWay.size();
        underWay.removeIf(notification -> notification.queueIndex == queueIndex);
        lost += before - underWay.size();
    }

    /** The device was reset. */
    void clear() {
        underWay.clear();
    }

    boolean hasDue(long step) {
        return isMoving() && underWay.stream().anyMatch(notification -> notification.dueStep <= step);
    }

    /** {@return whether one will arrive if steps go on} */
    boolean isMoving() {
        return !held && !underWay.isEmpty();
    }

    /** Takes one that is due, and returns its queue. */
    int take(long step) {
        List<Notification> due = underWay.stream()
                .filter(notification -> notification.dueStep <= step)
                .toList();
        Notification taken = due.get(random.nextInt(due.size()));
        underWay.remove(taken);
        delivered++;
        return taken.queueIndex;
    }

    NotificationCounts counts() {
        return new NotificationCounts(sent, lost, extra, delivered);
    }

    @Override
    public String toString() {
        return underWay.size() + " under way" + (held ? " (held)" : "") + ", " + delivered + " of " + sent
                + " delivered, " + lost + " lost, " + extra + " extra";
    }
}
