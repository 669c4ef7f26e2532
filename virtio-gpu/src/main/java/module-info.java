// SPDX-License-Identifier: Apache-2.0
/** The GPU driver, 2D mode. */
module io.virtio4j.gpu {
    requires transitive io.virtio4j.core;
    requires static org.jspecify;

    exports io.virtio4j.gpu;
}
