// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one setting: a column of the table.
 *
 * @param iodepth how many requests each job had in flight
 * @param ring split or packed; null without a device
 * @param device null without a device
 * @param plainCopy the same work without a device
 * @param copyRatio the time of a request over that of a plain copy; null without a device
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RunReport(
        int iodepth,
        @Nullable String ring,
        @Nullable DeviceReport device,
        PlainReport plainCopy,
        @Nullable CopyRatio copyRatio) {
    /** How many requests failed, of how many. */
    String failedOfAll() {
        return device == null ? "0 of 0" : device.failed() + " of " + device.requests();
    }
}
