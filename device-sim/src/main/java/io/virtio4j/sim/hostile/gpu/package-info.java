// SPDX-License-Identifier: Apache-2.0

/**
 * GPU commands that no honest driver sends. VirtIO 1.2, 5.7 GPU Device.
 */
package io.virtio4j.sim.hostile.gpu;
