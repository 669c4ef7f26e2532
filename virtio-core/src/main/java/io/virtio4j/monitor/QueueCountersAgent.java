// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.monitor;

import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueCounters;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.status.CountersManager;

/**
 * Shows the counters of queues as Agrona counters, for example in a memory-mapped file that another process reads.
 *
 * <pre>
 *   queue's thread  --- plain add, opaque store ---&gt;  QueueCounters
 *                                                          |  doWork(): read, compare
 *   any reader      &lt;--- CountersReader ---  CountersManager buffer
 * </pre>
 *
 * <p>The queues pay nothing for it: this agent reads their cells and stores what has changed. So a counter is as old as the
 * last {@link #doWork()}. Each source gets one counter for each {@link QueueCounter}, whose label is
 * {@code LABEL.NAME} (the name in lower case, with dots: {@code blk0.driver.kicks.sent}), whose type is
 * {@link #TYPE_ID_BASE} plus the counter's place in the enumeration, and whose key begins with the queue's index (le32).
 *
 * <p>One thread at a time, as Agrona's agents are: the one that runs the agent adds and removes sources too, or does so
 * before it is started. Agrona's counters need {@code --add-exports java.base/jdk.internal.misc=ALL-UNNAMED}.
 */
@SuppressWarnings("EnumOrdinal") // the place in the enumeration is what the type says, see above
public final class QueueCountersAgent implements Agent {
    /** The type of the first counter of the enumeration; the others follow. */
    public static final int TYPE_ID_BASE = 0x5610;

    private static final QueueCounter[] ALL = QueueCounter.values();

    private final CountersManager manager;
    private Source[] sources = {};

    /** Agrona's ids of a queue's counters, in the order of the enumeration, and what they show. */
    private static final class Source {
        final QueueCounters counters;
        final int[] counterIds = new int[ALL.length];
        final long[] shown = new long[ALL.length];

        Source(QueueCounters counters) {
            this.counters = counters;
        }
    }

    /**
     * Makes an agent without sources.
     *
     * @param manager where the counters are shown; this agent's thread is the only one that uses it
     */
    public QueueCountersAgent(CountersManager manager) {
        this.manager = Objects.requireNonNull(manager, "manager");
    }

    /**
     * Shows one half of a queue, from now on.
     *
     * @param label begins the labels, for example {@code blk0.driver}
     * @param queueIndex the queue's index, for the keys
     * @param counters what to show
     * @throws IllegalStateException if the manager has no room; nothing is shown of this half then
     */
    public void add(String label, int queueIndex, QueueCounters counters) {
        Source source = new Source(counters);
        int allocated = 0;
        try {
            for (; allocated < ALL.length; allocated++) {
                String name = ALL[allocated].name().toLowerCase(Locale.ROOT).replace('_', '.');
                source.counterIds[allocated] = manager.allocate(
                        label + '.' + name,
                        TYPE_ID_BASE + allocated,
                        key -> key.putInt(0, queueIndex, ByteOrder.LITTLE_ENDIAN));
            }
        } finally {
            if (allocated < ALL.length) {
                free(source, allocated);
            }
        }
        sources = Arrays.copyOf(sources, sources.length + 1);
        sources[sources.length - 1] = source;
        show(source);
    }

    /**
     * Shows one half of a queue no longer, and frees its counters. Does nothing if it is not shown.
     *
     * @param counters what was added
     */
    public void remove(QueueCounters counters) {
        for (int i = 0; i < sources.length; i++) {
            if (sources[i].counters == counters) {
                free(sources[i], ALL.length);
                Source[] fewer = Arrays.copyOf(sources, sources.length - 1);
                System.arraycopy(sources, i + 1, fewer, i, fewer.length - i);
                sources = fewer;
                return;
            }
        }
    }

    private void free(Source source, int count) {
        for (int i = 0; i < count; i++) {
            manager.free(source.counterIds[i]);
        }
    }

    /** {@return how many counters have changed since the last time} */
    @Override
    public int doWork() {
        int changed = 0;
        for (Source source : sources) {
            changed += show(source);
        }
        return changed;
    }

    private int show(Source source) {
        int changed = 0;
        for (int i = 0; i < ALL.length; i++) {
            long value = source.counters.get(ALL[i]);
            if (value != source.shown[i]) {
                source.shown[i] = value;
                manager.setCounterValue(source.counterIds[i], value);
                changed++;
            }
        }
        return changed;
    }

    /** Frees all counters. */
    @Override
    public void onClose() {
        for (Source source : sources) {
            free(source, ALL.length);
        }
        sources = new Source[0];
    }

    @Override
    public String roleName() {
        return "virtio4j-counters";
    }
}
