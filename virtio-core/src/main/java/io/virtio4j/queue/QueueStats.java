// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import java.util.Arrays;

/** Values of all counters of one half of a queue: at a moment, or the difference between two. An immutable value. */
@SuppressWarnings("EnumOrdinal") // the ordinal is a cell number within this JVM, and is stored nowhere
public final class QueueStats {
    private final long[] values;

    QueueStats(long[] values) {
        this.values = values;
    }

    /**
     * {@return its value}
     *
     * @param counter which
     */
    public long get(QueueCounter counter) {
        return values[counter.ordinal()];
    }

    /**
     * Takes the difference, for example of a frame.
     *
     * @param earlier a snapshot of the same counters, taken before this one
     * @return what was added in between
     */
    public QueueStats minus(QueueStats earlier) {
        long[] difference = values.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= earlier.values[i];
        }
        return new QueueStats(difference);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof QueueStats stats && Arrays.equals(values, stats.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (QueueCounter counter : QueueCounter.values()) {
            text.append(text.length() > 0 ? " " : "")
                    .append(counter)
                    .append('=')
                    .append(get(counter));
        }
        return text.toString();
    }
}
