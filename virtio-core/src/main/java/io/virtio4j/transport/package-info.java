// SPDX-License-Identifier: Apache-2.0

/** How a driver and a device find each other: registers, doorbells and calls. */
package io.virtio4j.transport;
