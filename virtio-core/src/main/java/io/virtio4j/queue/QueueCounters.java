// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The counters of one half of one queue.
 *
 * <p>Single writer: only the thread that drives that half of the queue calls {@link #add}, with a plain addition and an
 * opaque store, so no counter costs an atomic operation. Any thread may take a {@link #snapshot()}; a reader works with
 * the difference of two snapshots and never resets what the writer adds to, so no count is lost.
 *
 * <p>Nothing is counted inside a spin: the caller counts in a local variable and adds once, on the way out.
 *
 * <p>A JVM started with {@code -Dio.virtio4j.counters=off} counts nothing and every counter reads 0: to measure what
 * counting costs.
 */
@SuppressWarnings("EnumOrdinal") // the ordinal is a cell number within this JVM, and is stored nowhere
public final class QueueCounters {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

    /** Keeps the cells off the cache lines of whatever lies beside the array: 128 bytes, two lines, on each side. */
    private static final int PADDING = 128 / Long.BYTES;

    /** A constant to the compiler: what it switches off is not there. */
    private static final boolean COUNTING = !"off".equals(System.getProperty("io.virtio4j.counters"));

    private static final QueueCounter[] ALL = QueueCounter.values();

    private final long[] cells = new long[PADDING + ALL.length + PADDING];

    /** Makes counters that stand at 0. */
    public QueueCounters() {}

    /**
     * Adds to a counter. Only the queue's own thread may call it.
     *
     * @param counter which
     * @param amount how much, not negative
     */
    public void add(QueueCounter counter, long amount) {
        if (COUNTING) {
            int cell = PADDING + counter.ordinal();
            CELL.setOpaque(cells, cell, cells[cell] + amount);
        }
    }

    /**
     * Reads one counter. Any thread may call it.
     *
     * @param counter which
     * @return its value
     */
    public long get(QueueCounter counter) {
        return (long) CELL.getOpaque(cells, PADDING + counter.ordinal());
    }

    /**
     * Reads all counters, one after the other. Any thread may call it; while the writer runs, the values need not belong
     * to one moment.
     *
     * @return the values
     */
    public QueueStats snapshot() {
        long[] values = new long[ALL.length];
        for (QueueCounter counter : ALL) {
            values[counter.ordinal()] = get(counter);
        }
        return new QueueStats(values);
    }
}
