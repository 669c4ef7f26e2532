// SPDX-License-Identifier: Apache-2.0

/**
 * Entropy requests that no honest driver sends. VirtIO 1.2, 5.4 Entropy Device.
 */
package io.virtio4j.sim.hostile.rng;
