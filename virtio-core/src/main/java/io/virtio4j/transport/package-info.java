// SPDX-License-Identifier: Apache-2.0
/** How a driver finds, configures and notifies a device. */
package io.virtio4j.transport;
