// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.QueuePair;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowRequestEventTest {
    private static final String NAME = "io.virtio4j.SlowRequest";

    @TempDir
    Path folder;

    private List<RecordedEvent> record(Map<String, String> settings, Runnable work) throws IOException {
        Path file = folder.resolve("r.jfr");
        try (Recording recording = new Recording()) {
            recording.setSettings(settings);
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(NAME))
                .toList();
    }

    private static QueuePair pair(int bit) {
        Features features = Features.of(FeatureBits.VERSION_1);
        return QueuePair.of(4, bit == 0 ? features : features.with(bit));
    }

    private static void round(QueuePair queue, long token) {
        queue.driver.offer(queue.parts(1), token);
        queue.device.complete(queue.device.next(), 0);
        queue.device.publish();
        assertThat(queue.driver.poll((t, w) -> {}, 1)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, FeatureBits.RING_PACKED, FeatureBits.IN_ORDER})
    void aRequestAtLeastAsSlowAsAskedForIsRecorded(int bit) throws IOException {
        QueuePair queue = pair(bit);
        List<RecordedEvent> events =
                record(Map.of(NAME + "#enabled", "true", NAME + "#slowerThan", "0 ns"), () -> round(queue, 77));

        assertThat(events).hasSize(1);
        RecordedEvent event = events.get(0);
        assertThat(event.getLong("token")).isEqualTo(77);
        assertThat(event.getInt("queueIndex")).isZero();
        assertThat(event.getInt("inFlight")).isEqualTo(1);
        assertThat(event.getDuration("latencyNanos")).isPositive();
    }

    @Test
    void aFasterRequestIsNot() throws IOException {
        QueuePair queue = pair(0);
        assertThat(record(Map.of(NAME + "#enabled", "true", NAME + "#slowerThan", "1000 s"), () -> round(queue, 1)))
                .isEmpty();
    }

    @Test
    void nothingIsRecordedUnlessARecordingAsks() throws IOException {
        QueuePair queue = pair(0);
        assertThat(record(Map.of(NAME + "#slowerThan", "0 ns"), () -> round(queue, 1)))
                .isEmpty();
    }

    @Test
    void aRequestThatBeganBeforeTheRecordingIsNotTimed() throws IOException {
        QueuePair queue = pair(0);
        queue.driver.offer(queue.parts(1), 5);
        assertThat(record(Map.of(NAME + "#enabled", "true", NAME + "#slowerThan", "0 ns"), () -> {
                    queue.device.complete(queue.device.next(), 0);
                    queue.device.publish();
                    assertThat(queue.driver.poll((t, w) -> {}, 1)).isEqualTo(1);
                }))
                .isEmpty();
    }

    @Test
    void theShortestWishHoldsAndNonsenseDoesNotCount() {
        SlowerThan control = new SlowerThan();
        control.setValue("soon");
        assertThat(control.nanos()).isEqualTo(20_000_000);
        assertThat(control.combine(Set.of("5 ms", "1s", "soon", "700us"))).isEqualTo("700us");
        control.setValue("700us");
        assertThat(control.nanos()).isEqualTo(700_000);
    }
}
