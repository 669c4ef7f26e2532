// SPDX-License-Identifier: Apache-2.0

/**
 * The hostile driver: cases against devices of any type, that break the rules of rings and of the life of a device, and the
 * devices in this process that they are played against.
 */
package io.virtio4j.sim.hostile.driver;
