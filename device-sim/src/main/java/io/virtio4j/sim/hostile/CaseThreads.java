// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The threads of one case: the one that plays it, and what the party starts while it is played. They are in one group, so that none
 * is taken for another's.
 */
final class CaseThreads {
    private static final long END_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Threads that the class library keeps for everybody, whoever was the first to need one. */
    private static final List<String> OF_THE_LIBRARY =
            List.of("ForkJoinPool.commonPool-", "CompletableFutureDelayScheduler", "Common-Cleaner", "process reaper");

    /** Of cases that are over. All runners of the process share its processors. */
    private static final List<CaseThreads> LEFT_BEHIND = new CopyOnWriteArrayList<>();

    private final ThreadGroup group;
    private final Thread player;

    CaseThreads(String name, Runnable play) {
        group = new ThreadGroup(name);
        player = new Thread(group, play, name);
        player.setDaemon(true);
    }

    /** {@return a thread of a case that is over and that still keeps a processor busy, with its stack} */
    static Optional<String> busyFromBefore() {
        LEFT_BEHIND.removeIf(threads -> threads.alive().findAny().isEmpty());
        return LEFT_BEHIND.stream()
                .flatMap(CaseThreads::alive)
                .filter(thread -> thread.getState() == Thread.State.RUNNABLE)
                .map(CaseThreads::stack)
                .findFirst();
    }

    /**
     * Has the case played.
     *
     * @return whether it came to an end in time; if not, its threads are left behind
     */
    boolean play(long patienceNanos) throws InterruptedException {
        player.start();
        player.join(TimeUnit.NANOSECONDS.toMillis(patienceNanos));
        return !player.isAlive();
    }

    /** {@return the stacks of all that are alive, the player's first} */
    String stacks() {
        return alive().sorted((a, b) -> Boolean.compare(b == player, a == player))
                .map(CaseThreads::stack)
                .collect(Collectors.joining("\n"));
    }

    /** Asks them to end; those that do not are remembered. */
    void leaveBehind() throws InterruptedException {
        group.interrupt();
        player.join(TimeUnit.NANOSECONDS.toMillis(END_NANOS));
        if (alive().findAny().isPresent()) {
            LEFT_BEHIND.add(this);
        }
    }

    /** Waits a moment for the party's threads to end; {@return those that do not}. Called by the player, after the party's end. */
    List<String> startedAndAlive() {
        long untilNanos = System.nanoTime() + END_NANOS;
        while (started().findAny().isPresent() && System.nanoTime() - untilNanos < 0) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return started().map(CaseThreads::stack).toList();
    }

    private Stream<Thread> started() {
        return alive().filter(thread -> thread != player);
    }

    private Stream<Thread> alive() {
        Thread[] threads = new Thread[group.activeCount() + 16];
        int count = group.enumerate(threads);
        return Arrays.stream(threads, 0, count)
                .filter(Thread::isAlive)
                .filter(thread -> OF_THE_LIBRARY.stream().noneMatch(thread.getName()::startsWith));
    }

    private static String stack(Thread thread) {
        return "thread " + thread.getName() + ", " + thread.getState()
                + Arrays.stream(thread.getStackTrace())
                        .map(frame -> "\n    at " + frame)
                        .collect(Collectors.joining());
    }
}
