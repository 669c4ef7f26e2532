// SPDX-License-Identifier: Apache-2.0

/** The kit of hostile peers as somebody uses it who has a device or a driver of his own. */
package io.virtio4j.examples.hostile;
