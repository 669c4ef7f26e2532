// SPDX-License-Identifier: Apache-2.0

/** What a block device keeps its data in: write one class, and a virtual machine has it as a disk. */
package io.virtio4j.device.blk;
