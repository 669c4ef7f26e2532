// SPDX-License-Identifier: Apache-2.0

/** Commands on block devices. */
package io.virtio4j.examples.blk;
