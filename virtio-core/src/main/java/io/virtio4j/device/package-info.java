// SPDX-License-Identifier: Apache-2.0
/** The device half of split and packed virtqueues, and the interfaces that a device implements. */
package io.virtio4j.device;
