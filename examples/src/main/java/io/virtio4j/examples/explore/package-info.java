// SPDX-License-Identifier: Apache-2.0

/** {@code virtio4j explore}: every interleaving of the preemption guard. */
package io.virtio4j.examples.explore;
