// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import java.util.List;

/**
 * What was measured of one setting.
 *
 * @param device all slices of the device together; nothing without a device
 * @param plain all slices of the plain copy together
 * @param pairs slice by slice; none without a device
 */
record Totals(Slice device, Slice plain, List<Pair> pairs) {}
