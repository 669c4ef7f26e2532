// SPDX-License-Identifier: Apache-2.0
/** The block driver (5.2 Block Device). */
package io.virtio4j.blk;
