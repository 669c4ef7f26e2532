// SPDX-License-Identifier: Apache-2.0
/** Block, GPU and entropy devices in the same process, their transport, and hostile peers. */
module io.virtio4j.sim {
    requires transitive io.virtio4j.core;
    requires static org.jspecify;

    // For the contract suites only: whoever runs them brings JUnit and AssertJ.
    requires static io.virtio4j.testkit;
    requires static org.assertj.core;
    requires static org.junit.jupiter.api;
    requires static org.junit.jupiter.params;

    exports io.virtio4j.sim;
    exports io.virtio4j.sim.blk;
    exports io.virtio4j.sim.contract;
    exports io.virtio4j.sim.gpu;
    exports io.virtio4j.sim.hostile;
    exports io.virtio4j.sim.hostile.blk;
    exports io.virtio4j.sim.hostile.device;
    exports io.virtio4j.sim.hostile.driver;
    exports io.virtio4j.sim.hostile.gpu;
    exports io.virtio4j.sim.hostile.request;
    exports io.virtio4j.sim.hostile.rng;
    exports io.virtio4j.sim.rng;
    exports io.virtio4j.sim.step;

    // The tests in the suites are package-private, as JUnit has it.
    opens io.virtio4j.sim.contract;

    provides io.virtio4j.device.blk.BlockStoreProvider with
            io.virtio4j.sim.blk.FileStoreProvider,
            io.virtio4j.sim.blk.MemoryStoreProvider,
            io.virtio4j.sim.blk.OverlayStoreProvider;
}
