// SPDX-License-Identifier: Apache-2.0
/** Threads as CPUs: preemption guards, simulated interrupts and a scheduler. Knows no virtio. */
// Agrona names its module in its manifest only: javac calls that an automatic module.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.virtio4j.preempt {
    requires transitive org.agrona;
    requires org.jctools.core;
    requires static org.jspecify;

    exports io.virtio4j.preempt;
    exports io.virtio4j.preempt.explore;
}
