// SPDX-License-Identifier: Apache-2.0
/** The entropy driver. */
module io.virtio4j.rng {
    requires transitive io.virtio4j.core;
    requires static org.jspecify;

    exports io.virtio4j.rng;
}
