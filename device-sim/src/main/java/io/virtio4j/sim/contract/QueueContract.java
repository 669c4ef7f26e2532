// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.sim.contract.ContractDriver.Request;
import io.virtio4j.testkit.Clause;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a virtqueue does between a driver and a device, whatever lies between the two, in all 16 combinations of ring features.
 *
 * <p>Extend it, say in {@link #open} how a device is reached, and run it with JUnit.
 *
 * <p>VirtIO 1.2, 2.6 Virtqueues.
 */
public abstract class QueueContract extends ContractSuite {
    private static final int SIZE = 16;
    private static final int REQUESTS = 400;
    private static final int BATCH = 4;
    private static final int LOOKS = 20;
    private static final int LAPS_OF_SMALL = 600;
    private static final long SHORT_NANOS = 20_000;

    /** For subclasses. */
    protected QueueContract() {}

    private static Request randomRequest(SplittableRandom random) {
        int readable = random.nextInt(ContractProtocol.HEADER_BYTES, 60);
        int writable = random.nextInt(4, 60);
        return new Request(
                ContractProtocol.ECHO,
                readable,
                random.nextInt(1, 4),
                writable,
                random.nextInt(1, 4),
                random.nextInt(writable + 1));
    }

    @EveryRing
    @Clause({"CORE-VQ-FORMATS", "CORE-DRV-OUT-OF-ORDER", "CORE-DEV-USED-LENGTH", "CORE-DEV-IN-ORDER"})
    void everyRequestComesBackOnceWithItsOwnBytes(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        SplittableRandom random = new SplittableRandom(1);
        while (driver.sent() < REQUESTS) {
            int batch = 1 + random.nextInt(5);
            for (int i = 0; i < batch; i++) {
                if (driver.add(randomRequest(random)) < 0) {
                    break;
                }
            }
            driver.publishAndKick();
            driver.awaitUsed(1 + random.nextInt(SIZE));
        }
        driver.drain();
        assertComplete(driver);
        if (ring.inOrder()) {
            assertThat(driver.returned).isSorted();
        } else {
            assertThat(driver.returned)
                    .isNotEqualTo(IntStream.range(0, driver.sent()).boxed().toList());
        }
    }

    @EveryRing
    void aBatchIsNotSeenBeforeItIsPublished(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.send(Request.of(ContractProtocol.ECHO));
        for (int i = 0; i < BATCH; i++) {
            assertThat(driver.add(Request.of(ContractProtocol.ECHO))).isNotNegative();
        }
        for (int looks = 0; looks < LOOKS; looks++) {
            // A device asleep sees nothing in any case: each of these makes it look.
            driver.kickAnyway();
            driver.pause(SHORT_NANOS);
            driver.poll(SIZE);
        }
        driver.sleepUntil("the request that was published", () -> driver.poll(SIZE) > 0 || !driver.returned.isEmpty());
        assertThat(driver.returned).containsExactly(0);
        assertThat(IntStream.rangeClosed(1, BATCH)).allMatch(driver::isUntouched);
        driver.publishAndKick();
        driver.drain();
        assertComplete(driver);
    }

    @EveryRing
    void aFullQueueRefusesUntilItIsDrained(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        for (int round = 0; round < 20; round++) {
            int added = 0;
            while (driver.add(new Request(ContractProtocol.ECHO, 20, 2, 8, 1, 8)) >= 0) {
                added++;
            }
            assertThat(added).isEqualTo(ring.indirect() ? SIZE : SIZE / 3);
            assertThat(driver.queue().freeDescriptors()).isEqualTo(ring.indirect() ? 0 : SIZE % 3);
            driver.publishAndKick();
            driver.drain();
        }
        assertComplete(driver);
    }

    @EveryRing
    @Clause({"SPLIT-DEV-NO-FRAMING-ASSUMPTION", "PACKED-DEV-ONE-USED-PER-LIST"})
    void aChainMayBeAsLongAsTheQueue(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        for (int parts = 2; parts <= SIZE; parts++) {
            int readable = Math.max(1, parts / 3);
            driver.send(new Request(ContractProtocol.ECHO, 50, readable, 60, parts - readable, 47));
            driver.drain();
        }
        assertComplete(driver);
    }

    @EveryRing
    @Clause({"CORE-DEV-USED-LENGTH", "PACKED-DEV-WRITE-FLAG-USED"})
    void aDeviceMayWriteNothing(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        Request unwritten = new Request(ContractProtocol.ECHO, 20, 1, 32, 2, 0);
        Request unwritable = new Request(ContractProtocol.ECHO, 20, 2, 0, 0, 0);
        Request unreadable = new Request(ContractProtocol.ECHO, 0, 0, 24, 2, 24);
        for (int i = 0; i < 3 * SIZE; i++) {
            driver.add(i % 3 == 0 ? unwritten : i % 3 == 1 ? unwritable : unreadable);
            driver.publishAndKick();
            if (i % 4 == 3) {
                driver.drain();
            }
        }
        driver.drain();
        assertComplete(driver);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.virtio4j.sim.contract.RingVariant#allSizes")
    @Clause({"SPLIT-QSIZE-POW2", "PACKED-WRAP-INIT", "PACKED-AVAIL-BITS", "PACKED-USED-BITS"})
    void aQueueOfAnySizeFillsAndWraps(RingVariant.Sized sized) {
        int size = sized.size();
        ContractDriver driver = driver(sized.ring(), size);
        // Of one descriptor each, so that every descriptor is in use at once.
        Request request = new Request(ContractProtocol.ECHO, 0, 0, 8, 1, 8);
        int requests = Math.max(LAPS_OF_SMALL, size + size / 8);
        while (driver.sent() < requests) {
            int batch = Math.min(size, requests - driver.sent());
            for (int i = 0; i < batch; i++) {
                assertThat(driver.add(request)).isNotNegative();
            }
            if (batch == size) {
                assertThat(driver.add(request)).isEqualTo(DriverQueue.FULL);
            }
            driver.publishAndKick();
            driver.drain();
        }
        assertComplete(driver);
    }

    @EveryRing
    @Clause({
        "SPLIT-DRV-KICK-BARRIER",
        "SPLIT-DEV-IRQ-BARRIER",
        "SPLIT-DRV-REARM-RECHECK",
        "SPLIT-DEV-REARM-RECHECK",
        "PACKED-DRV-KICK-BARRIER",
        "PACKED-DEV-IRQ-BARRIER",
        "PACKED-DRV-REARM-RECHECK",
        "PACKED-DEV-REARM-RECHECK"
    })
    void sleepersOnBothSidesAreWoken(RingVariant ring) {
        ContractDriver driver = driver(ring, 2);
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < 2 * REQUESTS; i++) {
            // At times one, at times two in flight; at times the driver sleeps at once, at times it works a moment
            // first.
            Request request = new Request(ContractProtocol.ECHO, 0, 0, 8, 1, 8);
            driver.send(request);
            if (random.nextBoolean()) {
                driver.send(request);
            }
            for (int spins = random.nextInt(200); spins > 0; spins--) {
                Thread.onSpinWait();
            }
            driver.drain();
        }
        assertComplete(driver);
        assertThat(driver.calls()).isPositive();
        assertThat(driver.queue().counters().get(QueueCounter.KICKS_SENT)).isPositive();
    }

    @EveryRing
    @Clause({"SPLIT-DEV-IRQ-SUPPRESSED", "SPLIT-DEV-IRQ-NOT-AT-USED-EVENT", "PACKED-DEV-CONSULT-EVENTS"})
    void aDriverThatPollsIsNotCalled(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.queue().disableCallbacks();
        for (int i = 0; i < REQUESTS / 4; i++) {
            driver.send(Request.of(ContractProtocol.ECHO));
            driver.pollAll(SHORT_NANOS);
        }
        assertComplete(driver);
        assertThat(driver.calls()).isZero();
    }
}
