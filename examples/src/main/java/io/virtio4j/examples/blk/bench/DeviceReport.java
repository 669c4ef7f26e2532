// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.queue.QueueStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the device did.
 *
 * @param requests how many ended
 * @param failed how many of them with an error, or not in time
 * @param iops requests a second
 * @param bytesPerSecond the bytes of their blocks
 * @param reads how long reads took; null if there were none
 * @param writes how long writes took; null if there were none
 * @param fencesPerRequest fences of the driver's half, of any kind
 * @param wmbPerRequest write barriers among them
 * @param rmbPerRequest read barriers
 * @param mbPerRequest full barriers
 * @param pollFencesPerRequest those inside pollUsed
 * @param spinsPerRequest looks at the used index that found nothing
 * @param kicksPerRequest notifications sent to the device
 * @param deviceFencesPerRequest fences of the device's half, of any kind
 * @param callsPerRequest notifications sent to the driver, which polls and asks for none
 * @param allocatedBytesPerRequest on the heap, by the driver's threads
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeviceReport(
        long requests,
        long failed,
        double iops,
        double bytesPerSecond,
        @Nullable LatencyReport reads,
        @Nullable LatencyReport writes,
        double fencesPerRequest,
        double wmbPerRequest,
        double rmbPerRequest,
        double mbPerRequest,
        double pollFencesPerRequest,
        double spinsPerRequest,
        double kicksPerRequest,
        double deviceFencesPerRequest,
        double callsPerRequest,
        double allocatedBytesPerRequest) {

    /**
     * Puts it together.
     *
     * @param driver what the driver's halves of all queues counted meanwhile
     * @param device what the device's halves counted
     */
    static DeviceReport of(
            Slice all,
            long failed,
            int blockBytes,
            Latencies latencies,
            List<QueueStats> driver,
            List<QueueStats> device) {
        double count = all.count();
        return new DeviceReport(
                all.count(),
                failed,
                all.perSecond(),
                all.perSecond() * blockBytes,
                latencies.reads().orElse(null),
                latencies.writes().orElse(null),
                fences(driver) / count,
                sum(driver, QueueCounter.WMB) / count,
                sum(driver, QueueCounter.RMB) / count,
                sum(driver, QueueCounter.MB) / count,
                sum(driver, QueueCounter.POLL_FENCES) / count,
                sum(driver, QueueCounter.SPINS) / count,
                sum(driver, QueueCounter.KICKS_SENT) / count,
                fences(device) / count,
                sum(device, QueueCounter.CALLS_SENT) / count,
                all.allocatedBytes() / count);
    }

    private static long fences(List<QueueStats> stats) {
        return sum(stats, QueueCounter.WMB) + sum(stats, QueueCounter.RMB) + sum(stats, QueueCounter.MB);
    }

    private static long sum(List<QueueStats> stats, QueueCounter counter) {
        return stats.stream().mapToLong(one -> one.get(counter)).sum();
    }
}
