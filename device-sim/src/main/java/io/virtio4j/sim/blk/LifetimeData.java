// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.blk;

import io.virtio4j.device.DescriptorChain;
import io.virtio4j.device.blk.BlockLifetime;
import io.virtio4j.wire.BlkLifetimeLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The answer to a lifetime request. What the specification reserves is not passed on: the device knows no more than the
 * driver what it could mean, so it says that the value is unknown. VirtIO 1.2, 5.2.6.2 Device Requirements: Device
 * Operation.
 */
final class LifetimeData {
    private LifetimeData() {}

    /** Writes the first bytes of the writable part; there is room. */
    static void write(BlockLifetime lifetime, DescriptorChain chain) {
        byte[] data = new byte[BlkLifetimeLayout.LENGTH_BYTES];
        ByteBuffer.wrap(data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(
                        BlkLifetimeLayout.PRE_EOL_INFO, known(lifetime.preEolInfo(), BlkLifetimeLayout.PRE_EOL_URGENT))
                .putShort(BlkLifetimeLayout.EST_TYP_A, known(lifetime.estimateTypA(), BlkLifetimeLayout.EST_EXCEEDED))
                .putShort(BlkLifetimeLayout.EST_TYP_B, known(lifetime.estimateTypB(), BlkLifetimeLayout.EST_EXCEEDED));
        chain.putBytes(0, data, 0, data.length);
    }

    /** Zero is "undefined" in all three fields. */
    private static short known(int value, int highest) {
        return (short) (value >= 0 && value <= highest ? value : 0);
    }
}
