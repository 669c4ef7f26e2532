// SPDX-License-Identifier: Apache-2.0

/** {@code blk-bench}: load on a block device, and the same work as a plain copy, in turn in one run. */
package io.virtio4j.examples.blk.bench;
