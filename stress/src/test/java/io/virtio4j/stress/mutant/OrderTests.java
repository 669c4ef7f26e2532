// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.mutant;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which order tests look at the paths of which class. */
final class OrderTests {
    private static final List<String> DRIVERS =
            List.of("driver.SplitDriverOrderTest", "driver.PackedDriverOrderTest", "driver.DriverSessionOrderTest");
    private static final List<String> TOKENS = List.of("barrier.FenceKindTest");

    private static final Map<String, List<String>> BY_CLASS = Map.ofEntries(
            Map.entry(
                    "driver.SplitDriverQueue",
                    List.of("driver.SplitDriverOrderTest", "driver.WaitOrderTest", "queue.PlatformOrderTest")),
            Map.entry(
                    "driver.PackedDriverQueue",
                    List.of("driver.PackedDriverOrderTest", "driver.WaitOrderTest", "queue.PlatformOrderTest")),
            Map.entry("driver.DriverQueue", DRIVERS),
            Map.entry(
                    "device.SplitDeviceQueue",
                    List.of(
                            "device.SplitDeviceOrderTest",
                            "device.QueueStateOrderTest",
                            "device.DeviceSessionOrderTest")),
            Map.entry(
                    "device.PackedDeviceQueue",
                    List.of(
                            "device.PackedDeviceOrderTest",
                            "device.QueueStateOrderTest",
                            "device.DeviceSessionOrderTest")),
            Map.entry(
                    "device.ConfigSpace",
                    List.of(
                            "device.ConfigSpaceOrderTest",
                            "driver.ConfigReadOrderTest",
                            "driver.DriverSessionOrderTest")),
            Map.entry("sim.ControlBlock", List.of("sim.ControlBlockOrderTest")),
            Map.entry("ring.SplitRing", List.of("driver.SplitDriverOrderTest", "device.SplitDeviceOrderTest")),
            Map.entry("ring.PackedRing", List.of("driver.PackedDriverOrderTest", "device.PackedDeviceOrderTest")),
            Map.entry("memory.SharedMemory", TOKENS),
            Map.entry("barrier.Wmb", TOKENS),
            Map.entry("barrier.Rmb", TOKENS),
            Map.entry("barrier.Mb", TOKENS));

    private OrderTests() {}

    private static String full(String name) {
        return "io.virtio4j." + name;
    }

    /** Binary names of the tests that run over a place's mutants. */
    static List<String> of(Place place) {
        String name = place.className().substring(full("").length());
        List<String> tests = BY_CLASS.get(name);
        if (tests == null) {
            throw new IllegalArgumentException("no order test is named for " + place.className());
        }
        return tests.stream().map(OrderTests::full).toList();
    }

    /** Binary names of all of them. */
    static Set<String> all() {
        return BY_CLASS.values().stream()
                .flatMap(List::stream)
                .map(OrderTests::full)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
