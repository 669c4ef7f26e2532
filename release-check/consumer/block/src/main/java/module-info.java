// SPDX-License-Identifier: Apache-2.0
module org.example.block {
    requires io.virtio4j.blk;
    requires io.virtio4j.sim;
}
