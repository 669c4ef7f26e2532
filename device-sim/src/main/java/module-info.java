// SPDX-License-Identifier: Apache-2.0
/** Block, GPU and entropy devices in the same process, their transport, and hostile peers. */
module io.virtio4j.sim {
    requires transitive io.virtio4j.core;
    requires static org.jspecify;

    exports io.virtio4j.sim;
    exports io.virtio4j.sim.blk;
    exports io.virtio4j.sim.gpu;
    exports io.virtio4j.sim.rng;
    exports io.virtio4j.sim.step;

    provides io.virtio4j.device.blk.BlockStoreProvider with
            io.virtio4j.sim.blk.FileStoreProvider,
            io.virtio4j.sim.blk.MemoryStoreProvider;
}
