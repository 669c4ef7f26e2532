// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.sim.contract.ContractDriver.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a queue does, said with sets of numbers and a count of free descriptors. The bytes, lengths and tokens are checked by
 * {@link ContractDriver}.
 */
final class QueueReference {
    private static final int MAX_STEPS = 1_000_000;

    enum Kind {
        ADD,
        PUBLISH,
        KICK,
        OFFER,
        POLL,
        ENABLE_CALLBACKS,
        DISABLE_CALLBACKS,
        STEP,
        RESET
    }

    private final RingVariant ring;
    private final int size;
    private final ConcurrentLinkedQueue<Throwable> deviceErrors = new ConcurrentLinkedQueue<>();
    private final SteppedRig rig;
    private final ContractDriver driver;

    /** Added and not yet visible to the device, in this order. */
    private final List<Integer> added = new ArrayList<>();

    /** With the device, or used and not yet taken back. */
    private final Set<Integer> published = new HashSet<>();

    private final Map<Integer, Integer> descriptorsByNumber = new HashMap<>();
    private int freeDescriptors;

    /** Since callbacks were asked for and nothing was there, with no call so far. */
    private boolean callOwed;

    private int callsAtEnable;

    QueueReference(RingVariant ring, int size, long seed, int start) {
        this.ring = ring;
        this.size = size;
        this.freeDescriptors = size;
        this.rig = new SteppedRig(
                ContractProtocol.device(seed), ContractDriver.memoryBytes(size), deviceErrors::add, seed);
        this.driver = new ContractDriver(rig, ring, size);
        warmUp(start);
    }

    /** Moves all indices on, with buffers that the reference need not know of. */
    private void warmUp(int buffers) {
        Request request = new Request(ContractProtocol.ECHO, 0, 0, 8, 1, 8);
        while (driver.sent() < buffers) {
            while (driver.sent() < buffers && driver.add(request) >= 0) {
                driver.queue().publish();
            }
            driver.kick();
            rig.transport().run(MAX_STEPS);
            driver.poll(size);
        }
    }

    void run(RandomOperationsTest.Op op) {
        int number = op.number();
        switch (op.kind()) {
            case ADD -> add(number);
            case PUBLISH -> publish();
            case KICK -> driver.kick();
            case OFFER -> {
                add(number);
                publish();
                driver.kick();
            }
            case POLL -> poll(1 + number % size);
            case ENABLE_CALLBACKS -> enableCallbacks();
            case DISABLE_CALLBACKS -> {
                driver.queue().disableCallbacks();
                callOwed = false;
            }
            case STEP -> {
                for (int i = 0; i <= number % 16; i++) {
                    rig.transport().step();
                }
            }
            case RESET -> reset();
        }
        check();
    }

    /** Parts, readable and writable, and lengths follow from the number. */
    private boolean add(int number) {
        int writableParts = number & 3;
        int readableParts = number >>> 2 & 3;
        if (writableParts + readableParts == 0 || writableParts + readableParts > size) {
            readableParts = 0;
            writableParts = 1;
        }
        int writable = writableParts * 5;
        int readable = readableParts * ContractProtocol.HEADER_BYTES;
        int written = readable == 0 ? writable : writable * (number >>> 4) / 3;
        Request request = new Request(ContractProtocol.ECHO, readable, readableParts, writable, writableParts, written);
        int descriptors = ring.indirect() ? 1 : request.parts();
        int sent = driver.sent();
        int id = driver.add(request);
        if (descriptors > freeDescriptors) {
            assertThat(id).isEqualTo(DriverQueue.FULL);
            return false;
        }
        assertThat(id).isNotNegative();
        freeDescriptors -= descriptors;
        added.add(sent);
        descriptorsByNumber.put(sent, descriptors);
        return true;
    }

    private void publish() {
        driver.queue().publish();
        published.addAll(added);
        added.clear();
    }

    private int poll(int limit) {
        int before = driver.returned.size();
        int taken = driver.poll(limit);
        List<Integer> back = driver.returned.subList(before, driver.returned.size());
        assertThat(taken).isEqualTo(back.size()).isLessThanOrEqualTo(limit);
        for (int number : back) {
            assertThat(published.remove(number)).as("%s was published", number).isTrue();
            freeDescriptors += descriptorsByNumber.remove(number);
        }
        if (ring.inOrder() && taken > 0) {
            assertThat(published).allMatch(number -> number > back.get(back.size() - 1));
        }
        if (taken > 0) {
            callOwed = false;
        }
        return taken;
    }

    private void enableCallbacks() {
        int calls = driver.calls();
        if (driver.queue().enableCallbacks()) {
            callOwed = true;
            callsAtEnable = calls;
            assertThat(poll(1)).as("safe to sleep, so nothing is there").isZero();
        } else {
            assertThat(poll(1)).as("not safe to sleep, so something is there").isPositive();
        }
    }

    private void reset() {
        Set<Integer> withDevice = new HashSet<>(published);
        withDevice.addAll(added);
        driver.session().reset();
        assertThat(driver.cancelAll()).containsExactlyInAnyOrderElementsOf(withDevice);
        driver.session().close();
        driver.reopen();
        published.clear();
        added.clear();
        freeDescriptors = size;
        callOwed = false;
    }

    private void check() {
        assertThat(driver.queue().freeDescriptors()).isEqualTo(freeDescriptors);
        assertThat(driver.queue().inFlight()).isEqualTo(added.size() + published.size());
        assertThat(driver.errors).isEmpty();
        assertThat(deviceErrors).isEmpty();
    }

    /** Kicks only if asked to: all must come back all the same, and a driver that sleeps must have been called. */
    void finish() {
        publish();
        driver.kick();
        rig.transport().run(MAX_STEPS);
        if (callOwed && !published.isEmpty()) {
            assertThat(driver.calls()).as("the driver sleeps: %s", driver).isGreaterThan(callsAtEnable);
        }
        while (poll(size) > 0) {
            check();
        }
        assertThat(published).as("%s", driver).isEmpty();
        check();
    }

    void close() {
        rig.close();
    }
}
