// SPDX-License-Identifier: Apache-2.0
/** Devices in the same process, and peers that misbehave on demand. */
package io.virtio4j.sim;
