// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.device.DeviceQueue;
import io.virtio4j.device.QueueState;
import io.virtio4j.device.QueueState.Part;
import io.virtio4j.device.QueueState.Taken;
import io.virtio4j.device.RecordedConfig;
import io.virtio4j.driver.UsedHandler;
import io.virtio4j.wire.DescFlags;
import io.virtio4j.wire.FeatureBits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * The paths that the model of weak memory explores (docs/memory-model.md) are those of the code: they are recorded here and
 * compared with the text that the model reads. {@code -Dpaths.update=true} writes it anew.
 */
class RecordedPathsOrderTest {
    private static final Path TEXT =
            Path.of("..", "stress", "src", "main", "resources", "io", "virtio4j", "stress", "model", "queues.txt");
    private static final UsedHandler IGNORE = (token, written) -> {};

    private final StringBuilder text = new StringBuilder("# Recorded by RecordedPathsOrderTest of virtio-core.\n");

    @Test
    void theModelExploresWhatTheCodeDoes() throws IOException {
        for (RingFormat format : RingFormat.values()) {
            String ring = format.name().toLowerCase(Locale.ROOT);
            oneChain(format, ring);
            threeChains(format, ring);
            twoChainsOneByOne(format, ring);
            listAroundTheEnd(format, ring);
            oneDescriptorAgain(format, ring);
            notifications(RecordedPair.of(format), ring, "flag");
            notifications(RecordedPair.of(format, FeatureBits.EVENT_IDX), ring, "event");
        }
        resumedChains();
        configuration();
        if (Boolean.getBoolean("paths.update")) {
            Files.writeString(TEXT, text);
        }
        assertThat(Files.readString(TEXT)).isEqualTo(text.toString());
    }

    /** Writes a path down; its fences go by their letter and their place in the code, in the order in which they come. */
    private void path(String name, List<String> lines, String... fences) {
        Deque<String> left = new ArrayDeque<>(List.of(fences));
        text.append('\n').append(name).append('\n');
        for (String line : lines) {
            text.append("  ")
                    .append(line)
                    .append(line.endsWith("MB") ? " " + left.remove() : "")
                    .append('\n');
        }
        assertThat(left).as("fences that '%s' does not issue", name).isEmpty();
    }

    /** A split queue fences once for all that its index shows, a packed one for each used or available descriptor. */
    private static String[] each(RingFormat format, String fence, int count) {
        String[] fences = new String[format == RingFormat.PACKED ? count : 1];
        Arrays.fill(fences, fence);
        return fences;
    }

    private void oneChain(RingFormat format, String ring) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        int[] handle = new int[1];
        path(
                ring + " driver offers",
                recorded.during(() -> pair.driver.offer(pair.parts(1), 1)),
                "A " + ring + "-driver-publish");
        path(
                ring + " device takes",
                recorded.during(() -> handle[0] = pair.device.next()),
                "A' " + ring + "-device-take");
        List<String> using = recorded.during(() -> {
            pair.device.complete(handle[0], 0);
            pair.device.publish();
        });
        path(ring + " device uses", using, "B " + ring + "-device-publish");
        path(ring + " driver polls", recorded.during(() -> pair.driver.poll(IGNORE, 1)), "B' " + ring + "-driver-poll");
        pair.driver.offer(pair.parts(1), 2);
        path(
                ring + " driver cancels",
                recorded.during(() -> pair.driver.cancelAll(token -> {})),
                "I' " + ring + "-driver-cancel");
    }

    private void threeChains(RingFormat format, String ring) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        int[] handles = new int[3];
        List<String> offering = recorded.during(() -> {
            for (int i = 0; i < 3; i++) {
                pair.driver.add(pair.parts(1), i);
            }
            pair.driver.publish();
        });
        path(ring + " driver offers three", offering, "A " + ring + "-driver-publish");
        List<String> taking = recorded.during(() -> {
            for (int i = 0; i < 3; i++) {
                handles[i] = pair.device.next();
            }
        });
        path(ring + " device takes three", taking, each(format, "A' " + ring + "-device-take", 3));
        List<String> using = recorded.during(() -> {
            for (int handle : handles) {
                pair.device.complete(handle, 0);
            }
            pair.device.publish();
        });
        path(ring + " device uses three", using, "B " + ring + "-device-publish");
        path(
                ring + " driver polls three",
                recorded.during(() -> pair.driver.poll(IGNORE, 3)),
                each(format, "B' " + ring + "-driver-poll", 3));
    }

    /** Two publications on one side; the other has seen neither yet, and finds both. */
    private void twoChainsOneByOne(RingFormat format, String ring) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair;
        int[] handles = new int[2];
        List<String> offering = recorded.during(() -> {
            pair.driver.offer(pair.parts(1), 1);
            pair.driver.offer(pair.parts(1), 2);
        });
        String publish = "A " + ring + "-driver-publish";
        path(ring + " driver offers two one by one", offering, publish, publish);
        List<String> taking = recorded.during(() -> {
            handles[0] = pair.device.next();
            handles[1] = pair.device.next();
        });
        path(ring + " device takes two", taking, each(format, "A' " + ring + "-device-take", 2));
        List<String> using = recorded.during(() -> {
            for (int handle : handles) {
                pair.device.complete(handle, 0);
                pair.device.publish();
            }
        });
        String show = "B " + ring + "-device-publish";
        path(ring + " device uses two one by one", using, show, show);
        path(
                ring + " driver polls two",
                recorded.during(() -> pair.driver.poll(IGNORE, 2)),
                each(format, "B' " + ring + "-driver-poll", 2));
    }

    private void listAroundTheEnd(RingFormat format, String ring) {
        RecordedPair recorded = RecordedPair.of(format);
        QueuePair pair = recorded.pair.runTo(3);
        path(
                ring + " driver offers a list around the end",
                recorded.during(() -> pair.driver.offer(pair.parts(2), 1)),
                "A " + ring + "-driver-publish");
        path(
                ring + " device takes a list around the end",
                recorded.during(pair.device::next),
                "A' " + ring + "-device-take");
    }

    /** The second time round, the chain has the same descriptor, slot and used element. */
    private void oneDescriptorAgain(RingFormat format, String ring) {
        RecordedPair recorded = RecordedPair.ofOneDescriptor(format);
        QueuePair pair = recorded.pair;
        int[] handle = new int[1];
        pair.driver.offer(pair.parts(1), 1);
        path(
                ring + " device takes the only descriptor",
                recorded.during(() -> handle[0] = pair.device.next()),
                "A' " + ring + "-device-take");
        List<String> using = recorded.during(() -> {
            pair.device.complete(handle[0], 0);
            pair.device.publish();
        });
        path(ring + " device uses the only descriptor", using, "B " + ring + "-device-publish");
        path(
                ring + " driver polls the only descriptor",
                recorded.during(() -> pair.driver.poll(IGNORE, 1)),
                "B' " + ring + "-driver-poll");
        path(
                ring + " driver offers the only descriptor again",
                recorded.during(() -> pair.driver.offer(pair.parts(1), 2)),
                "A " + ring + "-driver-publish");
    }

    private void notifications(RecordedPair recorded, String ring, String by) {
        QueuePair pair = recorded.pair;
        boolean position = ring.equals("packed") && by.equals("event");
        String armDevice = "C' " + ring + "-device-arm";
        path(
                ring + " device arms, by " + by,
                recorded.during(pair.device::enableNotifications),
                position ? new String[] {"E packed-device-event", armDevice} : new String[] {armDevice});
        pair.driver.offer(pair.parts(1), 1);
        path(
                ring + " driver asks whether to kick, by " + by,
                recorded.during(pair.driver::kickNeeded),
                "C " + ring + "-driver-kick");
        String armDriver = "D' " + ring + "-driver-arm";
        path(
                ring + " driver arms, by " + by,
                recorded.during(pair.driver::enableCallbacks),
                position ? new String[] {"E packed-driver-event", armDriver} : new String[] {armDriver});
        pair.use(0);
        path(
                ring + " device asks whether to call, by " + by,
                recorded.during(pair.device::callNeeded),
                "D " + ring + "-device-call");
    }

    private void resumedChains() {
        RecordedPair split = RecordedPair.of(RingFormat.SPLIT);
        split.pair.driver.offer(split.pair.parts(1), 1);
        split.pair.device.next();
        resumed("split", split, split.pair.device.stop());

        // Direct descriptors are part of a packed queue's state; a table may be named instead.
        RecordedPair packed = RecordedPair.of(RingFormat.PACKED, FeatureBits.INDIRECT_DESC);
        int id = packed.pair.driver.offer(packed.pair.parts(2), 1);
        int start = 1 << 15;
        List<Part> table = List.of(new Part(packed.pair.tableAddress, 2 * 16, DescFlags.INDIRECT));
        resumed(
                "packed",
                packed,
                new QueueState(
                        RingFormat.PACKED,
                        RecordedPair.SIZE,
                        start + 1,
                        start,
                        false,
                        List.of(new Taken(id, 1, Taken.IN_HAND, table))));
    }

    private void resumed(String ring, RecordedPair recorded, QueueState state) {
        QueuePair pair = recorded.pair;
        DeviceQueue next = DeviceQueue.resume(pair.config, pair.guest, state, index -> {}, pair.deviceErrors::add);
        // Not those of the pair: its device is the one that has stopped.
        path(ring + " device goes on", recorded.memory.during(next::next), "A' " + ring + "-device-resume");
    }

    private void configuration() {
        RecordedConfig recorded = new RecordedConfig();
        path(
                "config device changes",
                recorded.memory.during(() -> recorded.show(7)),
                "- config-open",
                "G config-odd",
                "G config-even");
        path(
                "config driver reads",
                recorded.memory.during(() -> {
                    recorded.config.generation();
                    recorded.config.read(0, new byte[RecordedConfig.LENGTH_BYTES]);
                    recorded.config.generation();
                }),
                "G' config-read-before",
                "G' config-read-after");
    }
}
