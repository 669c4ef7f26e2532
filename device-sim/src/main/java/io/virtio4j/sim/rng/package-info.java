// SPDX-License-Identifier: Apache-2.0

/** An entropy device (5.4 Entropy Device). */
package io.virtio4j.sim.rng;
