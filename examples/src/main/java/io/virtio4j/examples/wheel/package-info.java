// SPDX-License-Identifier: Apache-2.0
/** The roulette wheel: from a seed, a size and the number of a frame to pixels. Knows nothing of VirtIO. */
package io.virtio4j.examples.wheel;
