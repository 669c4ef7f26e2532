// SPDX-License-Identifier: Apache-2.0
/** The block driver. */
module io.virtio4j.blk {
    requires transitive io.virtio4j.core;
    requires static org.jspecify;

    exports io.virtio4j.blk;
}
