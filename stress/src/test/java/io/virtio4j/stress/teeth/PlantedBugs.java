// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The bugs. Each takes out one thing that a queue does against its peer, and nothing else. */
final class PlantedBugs {
    private static final String SPLIT = "SPLIT";
    private static final String PACKED = "PACKED";

    private static final String SPLIT_DEVICE = "io.virtio4j.device.SplitDeviceQueue";
    private static final String PACKED_DEVICE = "io.virtio4j.device.PackedDeviceQueue";
    private static final String DEVICE = "io.virtio4j.device.DeviceQueue";
    private static final String SPLIT_DRIVER = "io.virtio4j.driver.SplitDriverQueue";
    private static final String PACKED_DRIVER = "io.virtio4j.driver.PackedDriverQueue";
    private static final String SESSION = "io.virtio4j.driver.DriverSession";
    private static final String IN_FLIGHT = "io.virtio4j.driver.InFlightTable";

    private final List<PlantedBug> bugs = new ArrayList<>();

    private PlantedBugs() {}

    /** {@return those that the cases of the kit find} */
    static List<PlantedBug> forTheKit() {
        PlantedBugs all = new PlantedBugs();
        all.ofSplitDevices();
        all.ofPackedDevices();
        for (String format : List.of(SPLIT, PACKED)) {
            all.ofEveryDevice(format);
            all.ofEveryDriver(format);
        }
        all.ofSplitDrivers();
        all.ofPackedDrivers();
        return List.copyOf(all.bugs);
    }

    /** {@return those in which a peer would have to change memory within one step: a test of fetches finds them} */
    static List<PlantedBug> doubleFetches() {
        PlantedBugs all = new PlantedBugs();
        Edit ofWord = Edit.loadedAgain("descriptorWord", "lengthBytes");
        all.add("length-loaded-twice", "", KitPlay.DEVICE, SPLIT, SPLIT_DEVICE, "walk", ofWord);
        Edit ofSlot = Edit.loadedAgain("word", "lengthBytes");
        all.add("length-loaded-twice", "", KitPlay.DEVICE, PACKED, PACKED_DEVICE, "walk", ofSlot);
        Edit ofEntry = Edit.loadedAgain("load", "lengthBytes");
        all.add("table-length-loaded-twice", "", KitPlay.DEVICE, SPLIT, SPLIT_DEVICE, "walkTable", ofEntry);
        all.add("table-length-loaded-twice", "", KitPlay.DEVICE, PACKED, PACKED_DEVICE, "walkTable", ofEntry);
        Edit ofElement = Edit.loadedAgainAfterTheCheck("usedElement", Integer.SIZE, "written", "token");
        all.add("used-length-loaded-twice", "", KitPlay.DRIVER, SPLIT, SPLIT_DRIVER, "poll", ofElement);
        all.add("used-length-loaded-twice", "", KitPlay.DRIVER, PACKED, PACKED_DRIVER, "poll", ofSlot);
        return List.copyOf(all.bugs);
    }

    private void ofSplitDevices() {
        device("no-head-range-check", "head-out", SPLIT, SPLIT_DEVICE, "nextAvailable", "\1 names descriptor \1 of");
        device("no-head-in-flight-check", "head-twice", SPLIT, SPLIT_DEVICE, "nextAvailable", "which is in flight");
        device("no-index-jump-check", "in-flight", SPLIT, SPLIT_DEVICE, "loadHeads", "avail idx went from");
        device("no-loop-limit", "loop", SPLIT, SPLIT_DEVICE, "walk", "a loop");
        device("no-next-range-check", "next", SPLIT, SPLIT_DEVICE, "walk", "goes on in descriptor");
        device("no-table-next-range-check", "good-entry", SPLIT, SPLIT_DEVICE, "walkTable", "goes on in entry");
        device("no-table-loop-limit", "indirect", SPLIT, SPLIT_DEVICE, "walkTable", "makes a chain longer");
        device("nested-tables", "indirect", SPLIT, SPLIT_DEVICE, "walkTable", "refers to another table");
        Edit again = Edit.firstWalksAgain("walk", "(Lio/virtio4j/device/DescriptorChain;I)Z");
        add(
                "descriptors-loaded-again-when-answered",
                "rewrit",
                KitPlay.DEVICE,
                SPLIT,
                SPLIT_DEVICE,
                "writeUsed",
                again);
    }

    private void ofPackedDevices() {
        device("no-loop-limit", "loop", PACKED, PACKED_DEVICE, "walk", "is longer than the queue");
        device("no-table-length-check", "indirect", PACKED, PACKED_DEVICE, "walkTable", "more than the queue");
    }

    private void ofEveryDevice(String format) {
        device("readable-after-writable", "order", format, DEVICE, "append", "is readable after a writable one");
        device("no-total-limit", "total", format, DEVICE, "append", "takes the chain over");
        device("no-address-check", "buffer", format, DEVICE, "append", "lies outside guest memory");
        device("indirect-without-feature", "indirect", format, DEVICE, "openTable", "which was not negotiated");
        device("table-in-a-list", "indirect", format, DEVICE, "openTable", "is indirect and goes on in another");
        device("no-table-place-check", "indirect", format, DEVICE, "openTable", "not a whole number of descriptors");
    }

    private void ofEveryDriver(String format) {
        driver("no-id-check", "used-id", format, IN_FLIGHT, "isPlausible", Edit.withoutPart(0));
        driver("no-id-range-check", "used-id", format, IN_FLIGHT, "isInFlight", Edit.withoutPart(1));
        driver("no-id-in-flight-check", "used-id", format, IN_FLIGHT, "isInFlight", Edit.withoutPart(2));
        driver("no-used-length-check", "used-length", format, IN_FLIGHT, "isPlausible", Edit.withoutPart(2));
        driver("takes-all-offered", "beside-an-honest", format, SESSION, "negotiate", Edit.withoutCall("and"));
        driver("maps-what-it-should-not", "addresses-without", format, SESSION, "negotiate", Edit.withoutPart(2));
    }

    private void ofSplitDrivers() {
        Edit unchecked = Edit.withoutCheck("used idx went from");
        driver("no-index-jump-check", "idx-ahead-by-queue-size", SPLIT, SPLIT_DRIVER, "usedPending", unchecked);
        Edit lastOnly = Edit.readsAs("unkicked", 1);
        driver("kicks-for-the-last-only", "avail-event-at", SPLIT, SPLIT_DRIVER, "kickNeeded", lastOnly);
    }

    private void ofPackedDrivers() {
        Edit lastOnly = Edit.readsAs("unkickedDescriptors", 1);
        driver("kicks-for-the-last-only", "packed-event-at", PACKED, PACKED_DRIVER, "kickNeeded", lastOnly);
        Edit noWrap = Edit.callsInstead("offWrap", "slot");
        driver("notifies-without-wrap", "data-of-each-kick", PACKED, PACKED_DRIVER, "notificationPosition", noWrap);
    }

    private void device(String name, String word, String format, String className, String method, String reason) {
        add(name, word, KitPlay.DEVICE, format, className, method, Edit.withoutCheck(reason));
    }

    private void driver(String name, String word, String format, String className, String method, Edit edit) {
        add(name, word, KitPlay.DRIVER, format, className, method, edit);
    }

    private void add(String name, String word, String half, String format, String className, String method, Edit edit) {
        String id = format.toLowerCase(Locale.ROOT) + '-' + half + '-' + name;
        bugs.add(new PlantedBug(id, half, format, word, new PlantedBug.Change(className, method, edit)));
    }
}
