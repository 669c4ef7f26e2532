// SPDX-License-Identifier: Apache-2.0

/** The device's half: its side of the virtqueues, and the life cycle that every device shares. */
package io.virtio4j.device;
