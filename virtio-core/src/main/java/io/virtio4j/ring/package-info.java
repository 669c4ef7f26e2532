// SPDX-License-Identifier: Apache-2.0

/**
 * The bytes of a virtqueue by name, for both halves of this library: not exported, since a user meets a ring through its
 * driver's or its device's queue only.
 */
package io.virtio4j.ring;
