// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

/** What stands before the counters; the layout stands in {@link QueueCounterFields}. */
@SuppressWarnings("unused")
abstract sealed class QueueCounterPadding permits QueueCounterFields {
    long before00, before01, before02, before03, before04, before05, before06, before07;
    long before08, before09, before10, before11, before12, before13, before14, before15;
}
