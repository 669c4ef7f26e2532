// SPDX-License-Identifier: Apache-2.0

/** The driver's half: bringing a device up, and its side of the virtqueues. */
package io.virtio4j.driver;
