// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.rng;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However a request is cut, and however much is given at a time. */
final class SimRngPropertyTest {
    private static final int CHUNK_BYTES = 256;

    @Property(tries = 200)
    void theFirstUsedBytesAreTheSourcesAndTheRestIsUntouched(
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 700) Integer> parts,
            @ForAll @IntRange(min = 1, max = 3000) int maxRequestBytes,
            @ForAll boolean packed,
            @ForAll int seed) {
        Features ring = packed
                ? Features.of(FeatureBits.VERSION_1, FeatureBits.RING_PACKED)
                : Features.of(FeatureBits.VERSION_1);
        RngRig rig = new RngRig(new SimRng(new Random(seed)::nextBytes, RngRig.QUEUE_SIZE, maxRequestBytes), ring);
        BufferChain chain = new BufferChain(parts.size());
        List<DmaBuffer> buffers = parts.stream().map(rig::poisoned).toList();
        buffers.forEach(chain::addWritable);
        rig.offer(chain);

        int total = parts.stream().mapToInt(Integer::intValue).sum();
        int used = Math.min(total, maxRequestBytes);
        assertThat(rig.serve()).isEqualTo(used);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        buffers.forEach(buffer -> written.writeBytes(rig.bytes(buffer)));
        byte[] expected = new byte[total];
        Arrays.fill(expected, (byte) RngRig.POISON);
        System.arraycopy(sourceBytes(seed, used), 0, expected, 0, used);
        assertThat(written.toByteArray()).isEqualTo(expected);
    }

    private static byte[] sourceBytes(int seed, int lengthBytes) {
        Random source = new Random(seed);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        while (bytes.size() < lengthBytes) {
            source.nextBytes(chunk);
            bytes.writeBytes(chunk);
        }
        return Arrays.copyOf(bytes.toByteArray(), lengthBytes);
    }
}
