// SPDX-License-Identifier: Apache-2.0

/** Devices that live in the driver's own process, each on its own thread. */
package io.virtio4j.sim;
