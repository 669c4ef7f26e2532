// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/**
 * The fields of {@link QueueCounters}, kept off the cache lines of whatever lies beside them: 128 bytes, two lines, on each
 * side. Fields of a superclass come before those of its subclass.
 *
 * <pre>
 *   +--------------------+-----------------------------+-------------------+
 *   | before, 128 bytes  | eleven counters of 8 bytes  | after, 128 bytes  |
 *   | QueueCounterPadding| QueueCounterFields          | QueueCounters     |
 *   +--------------------+-----------------------------+-------------------+
 * </pre>
 */
@SuppressWarnings("unused") // each is reached through its VarHandle
abstract sealed class QueueCounterFields extends QueueCounterPadding permits QueueCounters {
    long pollFences;
    long spins;
    long completions;
    long wmb;
    long rmb;
    long mb;
    long kicksSent;
    long kicksSuppressed;
    long callsSent;
    long callsSuppressed;
    long broken;
}
