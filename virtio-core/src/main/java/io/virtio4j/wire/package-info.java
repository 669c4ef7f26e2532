// SPDX-License-Identifier: Apache-2.0
/** Constants and offsets of the specification: descriptor flags, features, device status, request layouts. */
package io.virtio4j.wire;
