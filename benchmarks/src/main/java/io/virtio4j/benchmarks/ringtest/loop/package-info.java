// SPDX-License-Identifier: Apache-2.0

/**
 * The loops of the ring test, one class an end. They are loaded anew for each ring, with the library or the peer that they drive
 * ({@link io.virtio4j.benchmarks.ringtest.RingLoader}): nothing here is shared between rings.
 */
package io.virtio4j.benchmarks.ringtest.loop;
