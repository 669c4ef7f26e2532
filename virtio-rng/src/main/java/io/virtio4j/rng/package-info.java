// SPDX-License-Identifier: Apache-2.0
/** The entropy driver (5.4 Entropy Device). */
package io.virtio4j.rng;
