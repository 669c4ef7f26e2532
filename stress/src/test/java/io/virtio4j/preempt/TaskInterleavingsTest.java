// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.preempt;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.stress.Interleavings;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/**
 * The life of a task between its own thread and those that wake it, in many orders of their steps.
 *
 * <ul>
 *   <li>A task that has fallen asleep is brought to a CPU by exactly one: by who wakes it, by who ends what it waits for, or by
 *       itself when the time is over.
 *   <li>A wake counts once: it ends a sleep in a block, keeps the task from that, or is kept for the next one. A sleep in a join uses
 *       up none.
 * </ul>
 *
 * <p>The orders are sequentially consistent ones, as many as {@link Interleavings} tries. Lives with one step wrong do not pass
 * the same scenarios. Whether a thread is unparked this does not show: a park ends for no reason too.
 */
class TaskInterleavingsTest {
    /** What the scenarios ask of a task. */
    private interface Life {
        boolean fallAsleep();

        void fallAsleepToJoin();

        boolean wakeUp();

        boolean wakeFromJoin();

        boolean endSleep();
    }

    private static final class Shipped implements Life {
        private final Task task;

        /** @param task made before this: see {@link Interleavings} */
        Shipped(Task task) {
            this.task = task;
        }

        /** Of no set: nobody asks it where it runs. Its thread is never started. */
        static Shipped make() {
            return new Shipped(Task.spawned(null, "task", 1, () -> {}));
        }

        @Override
        public boolean fallAsleep() {
            return task.fallAsleep();
        }

        @Override
        public void fallAsleepToJoin() {
            task.fallAsleepToJoin();
        }

        @Override
        public boolean wakeUp() {
            return task.wakeUp();
        }

        @Override
        public boolean wakeFromJoin() {
            return task.wakeFromJoin();
        }

        @Override
        public boolean endSleep() {
            return task.endSleep();
        }
    }

    private static void count(AtomicInteger broughtToCpu, boolean bringsIt) {
        if (bringsIt) {
            broughtToCpu.incrementAndGet();
        }
    }

    private static void check(AtomicInteger broughtToCpu, int sleeps) {
        if (broughtToCpu.get() != sleeps) {
            throw new IllegalStateException("brought to a CPU " + broughtToCpu + " times after " + sleeps + " sleeps");
        }
    }

    /** A block whose time is over, and a wake. */
    private static void aWakeMeetsABlock(Supplier<Life> lives) throws InterruptedException {
        Life life = lives.get();
        AtomicInteger broughtToCpu = new AtomicInteger();
        AtomicInteger wakesThatEnded = new AtomicInteger();
        Thread waker = new Thread(() -> {
            if (life.wakeUp()) {
                broughtToCpu.incrementAndGet();
                wakesThatEnded.incrementAndGet();
            }
        });
        waker.start();
        boolean slept = life.fallAsleep();
        if (slept) {
            count(broughtToCpu, life.endSleep());
        }
        waker.join();
        check(broughtToCpu, slept ? 1 : 0);
        boolean used = !slept || wakesThatEnded.get() == 1;
        boolean kept = !life.fallAsleep();
        if (used == kept) {
            throw new IllegalStateException(used ? "a wake counted twice" : "a wake was lost");
        }
    }

    /** A join whose time is over, the end of the task that is waited for, and a wake. */
    private static void aWakeAndAnEndMeetAJoin(Supplier<Life> lives) throws InterruptedException {
        Life life = lives.get();
        AtomicInteger broughtToCpu = new AtomicInteger();
        Thread waker = new Thread(() -> count(broughtToCpu, life.wakeUp()));
        Thread ender = new Thread(() -> count(broughtToCpu, life.wakeFromJoin()));
        waker.start();
        ender.start();
        life.fallAsleepToJoin();
        count(broughtToCpu, life.endSleep());
        waker.join();
        ender.join();
        check(broughtToCpu, 1);
        if (life.fallAsleep()) {
            throw new IllegalStateException("a wake was lost");
        }
    }

    private static void assertFound(Interleavings.Program program, String message) {
        assertThatThrownBy(() -> Interleavings.tryAll(program))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining(message);
    }

    @Test
    void aWakeEndsABlockOrIsKept() {
        Interleavings.tryAll(() -> aWakeMeetsABlock(() -> Shipped.make()));
    }

    @Test
    void aBlockThatFallsAsleepByALookAndAStoreIsFound() {
        assertFound(() -> aWakeMeetsABlock(() -> new FallsAsleepInTwoSteps()), "a wake was lost");
    }

    @Test
    void aWakeByALookAndAStoreIsFound() {
        assertFound(() -> aWakeMeetsABlock(() -> new WakesInTwoSteps()), "");
    }

    @Test
    void anEndOfTheTimeByALookAndAStoreIsFound() {
        assertFound(() -> aWakeMeetsABlock(() -> new EndsSleepInTwoSteps()), "brought to a CPU 2 times");
    }

    @Test
    void anEndOrTheTimeEndsAJoinAndAWakeIsKept() {
        Interleavings.tryAll(() -> aWakeAndAnEndMeetAJoin(() -> Shipped.make()));
    }

    @Test
    void aJoinThatUsesUpAWakeIsFound() {
        assertFound(() -> aWakeAndAnEndMeetAJoin(() -> new JoinsLikeABlock()), "a wake was lost");
    }

    @Test
    void anEndThatLooksForAKeptWakeFirstIsFound() {
        assertFound(() -> aWakeAndAnEndMeetAJoin(() -> new LooksForTheKeptWakeFirst()), "brought to a CPU 0 times");
    }

    /** The word of the shipped task written again, for one step of it to be replaced. */
    private static class Copy implements Life {
        static final int AWAKE = 0;
        static final int NOTIFIED = 1;
        static final int ASLEEP = 2;
        static final int JOINING = 4;
        static final int JOINING_NOTIFIED = 5;

        final AtomicInteger life = new AtomicInteger(AWAKE);

        @Override
        public boolean fallAsleep() {
            if (life.compareAndSet(AWAKE, ASLEEP)) {
                return true;
            }
            life.set(AWAKE);
            return false;
        }

        @Override
        public void fallAsleepToJoin() {
            if (!life.compareAndSet(AWAKE, JOINING)) {
                life.set(JOINING_NOTIFIED);
            }
        }

        boolean change(int from, int to) {
            return life.compareAndSet(from, to);
        }

        @Override
        public final boolean wakeUp() {
            while (true) {
                int now = life.get();
                if (now == ASLEEP && change(ASLEEP, AWAKE)) {
                    return true;
                }
                boolean kept = (now == AWAKE && change(AWAKE, NOTIFIED))
                        || (now == JOINING && change(JOINING, JOINING_NOTIFIED));
                if (kept || now == NOTIFIED || now == JOINING_NOTIFIED) {
                    return false;
                }
            }
        }

        @Override
        public boolean wakeFromJoin() {
            return life.compareAndSet(JOINING, AWAKE) || life.compareAndSet(JOINING_NOTIFIED, NOTIFIED);
        }

        @Override
        public boolean endSleep() {
            return life.compareAndSet(ASLEEP, AWAKE) || wakeFromJoin();
        }
    }

    /** Wrong: a wake between the look and the store is overwritten. */
    private static final class FallsAsleepInTwoSteps extends Copy {
        @Override
        public boolean fallAsleep() {
            if (life.get() == AWAKE) {
                life.set(ASLEEP);
                return true;
            }
            life.set(AWAKE);
            return false;
        }
    }

    /** Wrong: what the task does between the look and the store is overwritten. */
    private static final class WakesInTwoSteps extends Copy {
        @Override
        boolean change(int from, int to) {
            life.set(to);
            return true;
        }
    }

    /** Wrong: a wake between the look and the store brings the task to a CPU too. */
    private static final class EndsSleepInTwoSteps extends Copy {
        @Override
        public boolean endSleep() {
            if (life.get() == ASLEEP) {
                life.set(AWAKE);
                return true;
            }
            return wakeFromJoin();
        }
    }

    /** Wrong: a wake that came while the task waited for an end is forgotten with that end. */
    private static final class JoinsLikeABlock extends Copy {
        @Override
        public boolean wakeFromJoin() {
            return life.compareAndSet(JOINING, AWAKE) || life.compareAndSet(JOINING_NOTIFIED, AWAKE);
        }
    }

    /** Wrong: a wake that comes between the two looks is missed by both. */
    private static final class LooksForTheKeptWakeFirst extends Copy {
        @Override
        public boolean wakeFromJoin() {
            return life.compareAndSet(JOINING_NOTIFIED, NOTIFIED) || life.compareAndSet(JOINING, AWAKE);
        }
    }
}
