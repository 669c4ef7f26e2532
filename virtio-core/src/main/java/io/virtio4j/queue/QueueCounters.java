// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The counters of one half of one queue.
 *
 * <p>Single writer: only the thread that drives that half of the queue calls the {@code add} methods, with a plain addition
 * and an opaque store, so no counter costs an atomic operation. Any thread may take a {@link #snapshot()}; a reader works with
 * the difference of two snapshots and never resets what the writer adds to, so no count is lost.
 *
 * <p>Nothing is counted inside a spin: the caller counts in a local variable and adds once, on the way out.
 *
 * <p>One field and one method a counter, not cells of an array by number: a field needs no check of bounds, and ten counts
 * of a request there and back have to stay below a nanosecond a step ({@code CountingBenchmark}).
 *
 * <p>A JVM started with {@code -Dio.virtio4j.counters=off} counts nothing and every counter reads 0: to measure what
 * counting costs.
 */
public final class QueueCounters extends QueueCounterFields {
    /** A constant to the compiler: what it switches off is not there. */
    private static final boolean COUNTING = !"off".equals(System.getProperty("io.virtio4j.counters"));

    private static final QueueCounter[] ALL = QueueCounter.values();

    private static final VarHandle POLL_FENCES = field("pollFences");
    private static final VarHandle SPINS = field("spins");
    private static final VarHandle COMPLETIONS = field("completions");
    private static final VarHandle WMB = field("wmb");
    private static final VarHandle RMB = field("rmb");
    private static final VarHandle MB = field("mb");
    private static final VarHandle KICKS_SENT = field("kicksSent");
    private static final VarHandle KICKS_SUPPRESSED = field("kicksSuppressed");
    private static final VarHandle CALLS_SENT = field("callsSent");
    private static final VarHandle CALLS_SUPPRESSED = field("callsSuppressed");
    private static final VarHandle BROKEN = field("broken");

    /* Nothing else shares the last of the counters' cache lines; the layout stands in QueueCounterFields. */
    @SuppressWarnings("unused")
    long after00, after01, after02, after03, after04, after05, after06, after07;
    @SuppressWarnings("unused")
    long after08, after09, after10, after11, after12, after13, after14, after15;

    /** Makes counters that stand at 0. */
    public QueueCounters() {}

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(QueueCounterFields.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /**
     * Adds to {@link QueueCounter#POLL_FENCES}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addPollFences(long amount) {
        if (COUNTING) {
            POLL_FENCES.setOpaque(this, pollFences + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#SPINS}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addSpins(long amount) {
        if (COUNTING) {
            SPINS.setOpaque(this, spins + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#COMPLETIONS}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addCompletions(long amount) {
        if (COUNTING) {
            COMPLETIONS.setOpaque(this, completions + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#WMB}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addWmb(long amount) {
        if (COUNTING) {
            WMB.setOpaque(this, wmb + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#RMB}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addRmb(long amount) {
        if (COUNTING) {
            RMB.setOpaque(this, rmb + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#MB}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addMb(long amount) {
        if (COUNTING) {
            MB.setOpaque(this, mb + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#KICKS_SENT}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addKicksSent(long amount) {
        if (COUNTING) {
            KICKS_SENT.setOpaque(this, kicksSent + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#KICKS_SUPPRESSED}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addKicksSuppressed(long amount) {
        if (COUNTING) {
            KICKS_SUPPRESSED.setOpaque(this, kicksSuppressed + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#CALLS_SENT}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addCallsSent(long amount) {
        if (COUNTING) {
            CALLS_SENT.setOpaque(this, callsSent + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#CALLS_SUPPRESSED}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addCallsSuppressed(long amount) {
        if (COUNTING) {
            CALLS_SUPPRESSED.setOpaque(this, callsSuppressed + amount);
        }
    }

    /**
     * Adds to {@link QueueCounter#BROKEN}. Only the queue's own thread may call it.
     *
     * @param amount how much, not negative
     */
    public void addBroken(long amount) {
        if (COUNTING) {
            BROKEN.setOpaque(this, broken + amount);
        }
    }

    /**
     * Reads one counter. Any thread may call it.
     *
     * @param counter which
     * @return its value
     */
    public long get(QueueCounter counter) {
        return switch (counter) {
            case POLL_FENCES -> (long) POLL_FENCES.getOpaque(this);
            case SPINS -> (long) SPINS.getOpaque(this);
            case COMPLETIONS -> (long) COMPLETIONS.getOpaque(this);
            case WMB -> (long) WMB.getOpaque(this);
            case RMB -> (long) RMB.getOpaque(this);
            case MB -> (long) MB.getOpaque(this);
            case KICKS_SENT -> (long) KICKS_SENT.getOpaque(this);
            case KICKS_SUPPRESSED -> (long) KICKS_SUPPRESSED.getOpaque(this);
            case CALLS_SENT -> (long) CALLS_SENT.getOpaque(this);
            case CALLS_SUPPRESSED -> (long) CALLS_SUPPRESSED.getOpaque(this);
            case BROKEN -> (long) BROKEN.getOpaque(this);
        };
    }

    /**
     * Reads all counters, one after the other. Any thread may call it; while the writer runs, the values need not belong
     * to one moment.
     *
     * @return the values
     */
    public QueueStats snapshot() {
        long[] values = new long[ALL.length];
        for (int i = 0; i < ALL.length; i++) {
            values[i] = get(ALL[i]);
        }
        return new QueueStats(values);
    }
}
