// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.driver.DriverQueue;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.BrokenQueueException;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.sim.contract.ContractDriver.Request;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Transport;
import io.virtio4j.transport.TransportException;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What a transport does besides moving requests: status, features, configuration, reset of the device and of one queue, and a
 * device that fails or dies.
 *
 * <p>Extend it, say in {@link #open} how a device is reached, and run it with JUnit.
 *
 * <p>VirtIO 1.2, 2.1 Device Status Field up to 2.5 Device Configuration Space, and 3.1 Device Initialization.
 */
public abstract class TransportContract extends ContractSuite {
    private static final int SIZE = 16;
    private static final int IN_FLIGHT = 5;
    private static final int MOMENTS = 25;
    private static final int PAUSES_AFTER_RESET = 20;
    private static final int LAPS = 3;
    private static final Request ONE_DESCRIPTOR = new Request(ContractProtocol.ECHO, 0, 0, 8, 1, 8);
    private static final long MOMENT_NANOS = 1_000;
    private static final long OUTSIDE_MEMORY = 0xDEAD_0000_0000L;
    private static final long MEMORY_BYTES = 1 << 20;
    private static final RingVariant PLAIN = new RingVariant(false, false, false, false);

    /** For subclasses. */
    protected TransportContract() {}

    private static Features features(int... bits) {
        return PLAIN.features().or(Features.of(bits));
    }

    private static DriverSpec spec(Features wanted) {
        return new DriverSpec(ContractProtocol.DEVICE_ID, wanted, PLAIN.features(), List.of());
    }

    /** In which a device would go on with what it held when it was reset. */
    private static void pauseAfterReset(ContractDriver driver) {
        for (int pauses = 0; pauses < PAUSES_AFTER_RESET; pauses++) {
            driver.pause(MOMENT_NANOS);
        }
    }

    @EveryRing
    @Clause({"CORE-DEV-RESET-QUIET", "CORE-DRV-CLEANUP-RESET-FIRST", "CORE-DEV-RESET-STATUS-ZERO"})
    void aResetAtAnyMomentGivesBackWhatTheDeviceHasNotUsed(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        for (int moment = 0; moment < MOMENTS; moment++) {
            int first = driver.sent();
            driver.returned.clear();
            for (int i = 0; i < IN_FLIGHT; i++) {
                driver.send(Request.of(i == 2 ? ContractProtocol.DROP : ContractProtocol.ECHO));
            }
            for (int pauses = 0; pauses < moment; pauses++) {
                driver.pause(MOMENT_NANOS);
                driver.poll(1);
            }
            driver.session().reset();
            byte[] after = driver.snapshot();
            pauseAfterReset(driver);
            assertThat(driver.snapshot()).as("nothing is written after a reset").isEqualTo(after);
            List<Integer> all = new ArrayList<>(driver.cancelAll());
            all.addAll(driver.returned);
            assertThat(all)
                    .as("%s", driver)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(first, driver.sent()).boxed().toList());
            assertThat(driver.queue().poll((token, written) -> {}, 1)).isEqualTo(DriverQueue.BROKEN);
            driver.session().close();
            driver.reopen();
            assertThat(driver.snapshot())
                    .as("nothing is written when the device works again")
                    .isEqualTo(after);
        }
        assertThat(deviceErrors).isEmpty();
    }

    @EveryRing
    @Clause({"CORE-DEV-VQRESET-STOP", "CORE-DRV-VQRESET-RELEASE"})
    void aQueueResetAtAnyMomentGivesItsBuffersBackAndTheOtherQueueGoesOn(RingVariant ring) {
        List<ContractDriver> drivers = driversOfBothQueues(ring, SIZE);
        ContractDriver kept = drivers.get(0);
        ContractDriver reset = drivers.get(1);
        for (int moment = 0; moment < MOMENTS; moment++) {
            int first = reset.sent();
            reset.returned.clear();
            kept.send(Request.of(ContractProtocol.ECHO));
            for (int i = 0; i < IN_FLIGHT; i++) {
                reset.send(Request.of(i == 2 ? ContractProtocol.DROP : ContractProtocol.ECHO));
            }
            for (int pauses = 0; pauses < moment; pauses++) {
                reset.pause(MOMENT_NANOS);
                reset.poll(1);
            }
            reset.resetQueue();
            byte[] after = reset.snapshot();
            kept.send(Request.of(ContractProtocol.ECHO));
            kept.drain();
            pauseAfterReset(reset);
            // Calls that were on their way have arrived by now.
            int callsAfter = reset.calls();
            pauseAfterReset(reset);
            assertThat(reset.snapshot())
                    .as("nothing is written after a queue's reset")
                    .isEqualTo(after);
            assertThat(reset.calls())
                    .as("nobody is called after a queue's reset")
                    .isEqualTo(callsAfter);
            assertThat(reset.queue().poll((token, written) -> {}, 1)).isEqualTo(DriverQueue.BROKEN);
            List<Integer> all = new ArrayList<>(reset.cancelAll());
            all.addAll(reset.returned);
            assertThat(all)
                    .as("%s", reset)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(first, reset.sent()).boxed().toList());
            reset.setUpAgain(SIZE);
        }
        assertThat(kept.session().needsReset()).isFalse();
        assertComplete(kept);
    }

    @EveryRing
    @Clause({"CORE-DEV-VQRESET-DEFAULT-STATE", "CORE-DEV-VQENABLE-OBSERVE", "CORE-DRV-VQENABLE-CONFIGURE"})
    void aQueueThatWasResetWorksAgainWithAnotherSize(RingVariant ring) {
        List<ContractDriver> drivers = driversOfBothQueues(ring, SIZE);
        ContractDriver kept = drivers.get(0);
        ContractDriver reset = drivers.get(1);
        int size = SIZE;
        for (int next : new int[] {SIZE / 4, SIZE, 1, SIZE / 2}) {
            // Not a whole number of laps: a position that survived the reset would be the wrong one.
            for (int i = 0; i <= size; i++) {
                reset.send(ONE_DESCRIPTOR);
                reset.drain();
            }
            reset.resetQueue();
            assertThat(reset.cancelAll()).isEmpty();
            reset.setUpAgain(next);
            size = next;
            for (int lap = 0; lap < LAPS; lap++) {
                int added = 0;
                while (reset.add(ONE_DESCRIPTOR) >= 0) {
                    added++;
                }
                assertThat(added).isEqualTo(size);
                reset.publishAndKick();
                kept.send(Request.of(ContractProtocol.ECHO));
                kept.drain();
                reset.drain();
            }
        }
        assertComplete(reset);
        assertComplete(kept);
    }

    @EveryRing
    void aClosedSessionGivesItsMemoryBackAndTheNextOneServes(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.drain();
        long free = driver.freeBytes();
        for (int i = 0; i < 5; i++) {
            driver.session().close();
            assertThat(driver.freeBytes()).isGreaterThan(free);
            driver.reopen();
            assertThat(driver.freeBytes()).isEqualTo(free);
            driver.send(Request.of(ContractProtocol.ECHO));
            driver.drain();
        }
        assertComplete(driver);
    }

    @EveryRing
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aRingThatCannotBeFollowedPutsTheDeviceIntoNeedsReset(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.sendAddress(OUTSIDE_MEMORY);
        driver.sleepUntil("a configuration change", () -> driver.configChanges() > 0);
        assertThat(driver.session().needsReset()).isTrue();
        assertThat(deviceErrors).singleElement().isInstanceOf(BrokenQueueException.class);
        driver.session().close();
        assertThat(driver.cancelAll()).containsExactly(0);
        deviceErrors.clear();

        driver.reopen();
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.drain();
        assertThat(driver.returned).containsExactly(1);
        assertThat(deviceErrors).isEmpty();
    }

    @EveryRing
    @Clause({"CORE-DEV-NEEDS-RESET-SET", "CORE-DEV-NEEDS-RESET-NOTIFY"})
    void aDeviceThatFailsPutsItselfIntoNeedsReset(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.send(Request.of(ContractProtocol.FAIL));
        driver.sleepUntil("a configuration change", () -> driver.configChanges() > 0);
        assertThat(driver.session().needsReset()).isTrue();
        assertThat(deviceErrors).hasSize(1);
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.pause(MOMENT_NANOS);
        assertThat(driver.poll(SIZE)).isZero();
        driver.session().reset();
        assertThat(driver.cancelAll()).containsExactlyInAnyOrder(0, 1);
    }

    @EveryRing
    @Clause({"CORE-DEV-CFG-CHANGE-NOTIFY", "CORE-DEV-CFG-GENERATION"})
    void aChangeOfTheConfigurationIsToldAndRead(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        Transport transport = driver.session().transport();
        for (int change = 1; change <= 3; change++) {
            int told = driver.configChanges();
            int generation = transport.configGeneration();
            driver.send(Request.of(ContractProtocol.CHANGE_CONFIG));
            driver.drain();
            driver.sleepUntil("a configuration change", () -> driver.configChanges() > told);
            assertThat(transport.configGeneration()).isNotEqualTo(generation);
            assertThat(driver.session().readConfig(0, 4)).containsExactly(change - 1, 0, 0, 0);
        }
        assertComplete(driver);
    }

    @EveryRing
    void aDeviceThatDiesHangsNobody(RingVariant ring) {
        ContractDriver driver = driver(ring, SIZE);
        driver.send(Request.of(ContractProtocol.DIE));
        driver.sleepUntil("a sign of the device's death", () -> driver.configChanges() > 0);
        assertThat(driver.session().needsReset()).isTrue();
        assertThat(driver.poll(SIZE)).isZero();
        try {
            driver.session().reset();
        } catch (TransportException e) {
            // Nobody is left to reset the device, and its driver is told so at once.
            return;
        }
        assertThat(driver.session().transport().status()).isEqualTo(DeviceStatus.RESET);
        assertThat(driver.cancelAll()).containsExactly(0);
    }

    @Test
    void theDriverReadsBackWhatItWritesToTheConfiguration() {
        Transport transport = rig(MEMORY_BYTES, 1).transport();
        DriverSession session = DriverSession.open(transport, spec(PLAIN.features()));
        session.driverOk();
        transport.writeConfig(5, new byte[] {1, 2, 3});
        assertThat(session.readConfig(4, 5)).containsExactly(0, 1, 2, 3, 0);
        assertThat(transport.configLengthBytes()).isEqualTo(ContractProtocol.CONFIG_BYTES);
        assertThatThrownBy(() -> transport.writeConfig(ContractProtocol.CONFIG_BYTES - 1, new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> transport.readConfig(ContractProtocol.CONFIG_BYTES - 1, new byte[2]))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    @Clause("CORE-DEV-CFG-READABLE-EARLY")
    void identityFeaturesAndConfigurationAreReadBeforeAnythingIsAgreedOn() {
        Transport transport = rig(MEMORY_BYTES, 1).transport();
        assertThat(transport.deviceId()).isEqualTo(ContractProtocol.DEVICE_ID);
        assertThat(transport.offeredFeatures().has(ContractProtocol.DEVICE_FEATURE))
                .isTrue();
        assertThat(RingVariant.all()).allMatch(ring -> ring.features().isSubsetOf(transport.offeredFeatures()));
        assertThat(transport.queueCount()).isEqualTo(ContractProtocol.QUEUES);
        assertThat(transport.maxQueueSize(0)).isEqualTo(ContractProtocol.MAX_QUEUE_SIZE);
        assertThat(transport.maxQueueSize(ContractProtocol.QUEUES)).isZero();
        assertThat(transport.maxQueueSize(-1)).isZero();
        byte[] config = new byte[ContractProtocol.CONFIG_BYTES];
        transport.readConfig(0, config);
        assertThat(config).containsOnly(0);
    }

    @Test
    @Clause({"CORE-DEV-STATUS-INIT-ZERO", "CORE-DEV-FEAT-REFUSE"})
    void theStatusStartsAtZeroAndFeaturesThatWereNotOfferedAreRefused() {
        Transport transport = rig(MEMORY_BYTES, 1).transport();
        assertThat(transport.status()).isEqualTo(DeviceStatus.RESET);
        int driver = DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER;
        transport.writeStatus(driver);
        assertThat(transport.status()).isEqualTo(driver);
        transport.acknowledgeFeatures(features(ContractProtocol.DEVICE_FEATURE + 1));
        transport.writeStatus(driver | DeviceStatus.FEATURES_OK);
        assertThat(transport.status()).isEqualTo(driver);
        transport.acknowledgeFeatures(features(ContractProtocol.DEVICE_FEATURE));
        transport.writeStatus(driver | DeviceStatus.FEATURES_OK);
        assertThat(transport.status()).isEqualTo(driver | DeviceStatus.FEATURES_OK);
    }

    @Test
    @Clause("CORE-DEV-VQ-INDEX-RANGE")
    void aQueueThatTheDeviceLacksIsRefused() {
        ContractRig rig = rig(MEMORY_BYTES, 1);
        DmaArena arena = new DmaArena(rig.memory());
        DriverSession session = DriverSession.open(rig.transport(), spec(PLAIN.features()));
        assertThatThrownBy(() -> session.setUpQueue(
                        ContractProtocol.QUEUES,
                        SIZE,
                        arena,
                        BarrierPolicy.OPTIMIZED,
                        CallSink.NONE,
                        deviceErrors::add))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queue " + ContractProtocol.QUEUES);
    }

    @Test
    @Clause("CORE-DRV-INIT-NO-LATE-FEATURES")
    void featuresAcknowledgedAfterFeaturesOkAreRefusedAndChangeNothing() {
        Transport transport = rig(MEMORY_BYTES, 1).transport();
        Features agreed = features(ContractProtocol.DEVICE_FEATURE);
        DriverSession session = DriverSession.open(transport, spec(agreed));
        int ready = transport.status();
        assertThatThrownBy(() -> transport.acknowledgeFeatures(Features.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FEATURES_OK");
        assertThat(transport.status()).isEqualTo(ready);
        session.driverOk();
        assertThatThrownBy(() -> transport.acknowledgeFeatures(agreed)).isInstanceOf(IllegalStateException.class);
        session.reset();
        transport.acknowledgeFeatures(agreed);
    }

    @Test
    @Clause("CORE-DEV-SHM-NO-CONTROL-OR-STREAM")
    void aRegionOfTheDevicesIsTheDriversToo() {
        RegionDevice device = new RegionDevice();
        Transport transport = rig(device, MEMORY_BYTES).transport();
        SharedMemory region = transport
                .sharedMemoryRegion(RegionDevice.REGION_ID)
                .orElseThrow(() -> new AssertionError("the device's region is missing"));
        assertThat(region.lengthBytes()).isEqualTo(RegionDevice.REGION_BYTES);
        device.region.putLe32(8, 0x1234_5678);
        assertThat(region.getLe32(8)).isEqualTo(0x1234_5678);
        region.putLe32(RegionDevice.REGION_BYTES - 4, 7);
        assertThat(device.region.getLe32(RegionDevice.REGION_BYTES - 4)).isEqualTo(7);
        assertThat(transport.sharedMemoryRegion(RegionDevice.REGION_ID + 1)).isEmpty();
    }

    @Test
    @Clause("CORE-DRV-VQENABLE-CONFIGURE")
    void aWorkingQueueIsNotSetUpAnewAndGoesOnWhereItLies() {
        ContractDriver driver = driver(PLAIN, SIZE);
        Transport transport = driver.session().transport();
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.drain();
        QueueConfig config = driver.queue().config();
        QueueAddresses at = config.addresses();
        // Inside memory, and not where the driver looks.
        QueueConfig elsewhere = new QueueConfig(
                config.index(),
                SIZE / 2,
                config.features(),
                new QueueAddresses(at.descriptorArea(), at.driverArea() + 64, at.deviceArea() + 64));
        assertThatThrownBy(() -> transport.activate(elsewhere, CallSink.NONE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("" + elsewhere);
        QueueConfig never = new QueueConfig(0, SIZE, config.features(), elsewhere.addresses());
        assertThatThrownBy(() -> transport.activate(never, CallSink.NONE)).isInstanceOf(IllegalStateException.class);
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.drain();
        assertComplete(driver);
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueueIsNotResetWithoutRingResetAndGoesOn() {
        ContractDriver driver = driver(PLAIN, SIZE);
        assertThatThrownBy(() -> driver.session().transport().resetQueue(ContractDriver.INDEX))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("RING_RESET");
        driver.send(Request.of(ContractProtocol.ECHO));
        driver.drain();
        assertComplete(driver);
    }

    @Test
    @Clause("CORE-DEV-VQRESET-STOP")
    void aQueueIsNotResetBeforeTheDeviceWorksNorOneThatIsNotSetUp() {
        ContractRig rig = rig(MEMORY_BYTES, 1);
        Features wanted = features(FeatureBits.RING_RESET);
        DriverSession session = DriverSession.open(rig.transport(), spec(wanted));
        DmaArena arena = new DmaArena(rig.memory());
        DriverQueue queue = session.setUpQueue(
                        ContractDriver.INDEX, SIZE, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, deviceErrors::add)
                .queue();
        assertThatThrownBy(() -> rig.transport().resetQueue(ContractDriver.INDEX))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("DRIVER_OK");
        session.driverOk();
        assertThatThrownBy(() -> rig.transport().resetQueue(0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("queue 0");
        assertThat(rig.transport().isQueueReset(ContractDriver.INDEX)).isFalse();
        assertThat(rig.transport().isQueueReset(0)).isFalse();
        rig.transport().resetQueue(ContractDriver.INDEX);
        for (int looks = 0; !rig.transport().isQueueReset(ContractDriver.INDEX); looks++) {
            assertThat(looks).isLessThan(PAUSES_AFTER_RESET);
        }
        // Again is no mistake: a driver that got no answer may ask twice.
        rig.transport().resetQueue(ContractDriver.INDEX);
        assertThat(rig.transport().isQueueReset(ContractDriver.INDEX)).isTrue();
        assertThat(queue.inFlight()).isZero();
        assertThat(deviceErrors).isEmpty();
    }

    @Test
    void closingTwiceDoesNothingMore() {
        ContractRig rig = rig(MEMORY_BYTES, 1);
        DriverSession session = DriverSession.open(rig.transport(), spec(PLAIN.features()));
        session.driverOk();
        rig.transport().close();
        rig.transport().close();
        assertThat(deviceErrors).isEmpty();
    }

    @Test
    void aClosedTransportReachesTheDeviceNoMore() {
        ContractDriver driver = driver(PLAIN, SIZE);
        Transport transport = driver.session().transport();
        QueueConfig config = driver.queue().config();
        transport.close();
        assertThat(transport.status()).isEqualTo(DeviceStatus.RESET);
        assertThat(transport.deviceId()).isEqualTo(ContractProtocol.DEVICE_ID);
        assertThat(transport.configLengthBytes()).isEqualTo(ContractProtocol.CONFIG_BYTES);
        List<ThrowingCallable> writes = List.of(
                () -> transport.acknowledgeFeatures(Features.NONE),
                () -> transport.writeStatus(DeviceStatus.ACKNOWLEDGE),
                () -> transport.writeStatus(DeviceStatus.RESET),
                () -> transport.writeConfig(0, new byte[1]),
                () -> transport.activate(config, CallSink.NONE),
                () -> transport.resetQueue(ContractDriver.INDEX),
                () -> transport.isQueueReset(ContractDriver.INDEX));
        for (ThrowingCallable write : writes) {
            assertThatThrownBy(write).isInstanceOf(TransportException.class);
        }
        assertThat(transport.status()).isEqualTo(DeviceStatus.RESET);
    }
}
