// SPDX-License-Identifier: Apache-2.0

/** Queue counters where monitoring programs look for them. */
package io.virtio4j.monitor;
