// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.benchmarks.ringtest;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The rings of the ring test, by the names of {@code --rings} and of the results. */
enum RingKind {
    SPLIT("split", "VirtioRing", "split"),
    SPLIT_EACH("split-each", "VirtioRing", "split"),
    PACKED("packed", "VirtioRing", "packed"),
    SPLIT_INORDER("split-inorder", "VirtioRing", "split in-order"),
    PACKED_INORDER("packed-inorder", "VirtioRing", "packed in-order"),
    SPLIT_INDIRECT("split-indirect", "VirtioRing", "split indirect"),
    PACKED_INDIRECT("packed-indirect", "VirtioRing", "packed indirect"),
    DISRUPTOR("disruptor", "DisruptorPair", ""),
    JCTOOLS("jctools", "JctoolsPair", ""),
    AGRONA("agrona", "AgronaPair", ""),
    PINGPONG1("pingpong1", "PingPong", "1"),
    PINGPONG2("pingpong2", "PingPong", "2");

    private final String label;
    private final String loop;
    private final String variant;

    RingKind(String label, String loop, String variant) {
        this.label = label;
        this.loop = loop;
        this.variant = variant;
    }

    /** {@return the ring, with classes of its own} */
    Ring make(Settings settings) {
        return RingLoader.ring(loop, variant, this == SPLIT_EACH ? settings.oneByOne() : settings);
    }

    /** The ring of that name. */
    static RingKind of(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no ring " + name + "; there are " + names()));
    }

    static String names() {
        return names(List.of(values()));
    }

    static String names(List<RingKind> kinds) {
        return kinds.stream().map(RingKind::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label;
    }
}
