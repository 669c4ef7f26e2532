// SPDX-License-Identifier: Apache-2.0
/** Barriers, memory, wire formats, virtqueues and transports. */
// Agrona names its module in its manifest only: javac calls that an automatic module.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.virtio4j.core {
    requires transitive org.agrona;
    requires jdk.jfr;
    requires static org.jspecify;

    exports io.virtio4j.barrier;
    exports io.virtio4j.device;
    exports io.virtio4j.device.blk;
    exports io.virtio4j.driver;
    exports io.virtio4j.memory;
    exports io.virtio4j.monitor;
    exports io.virtio4j.queue;
    exports io.virtio4j.transport;
    exports io.virtio4j.wire;

    uses io.virtio4j.device.blk.BlockStoreProvider;
}
