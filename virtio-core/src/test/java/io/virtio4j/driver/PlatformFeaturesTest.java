// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtio4j.barrier.BarrierStrength;
import io.virtio4j.device.DeviceQueue;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.QueueCounter;
import io.virtio4j.testkit.Clause;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.DmaMapper;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every driver accepts of the place where its device stands, and what it does about it. */
class PlatformFeaturesTest {
    private static final Features V1 = Features.of(FeatureBits.VERSION_1);
    private static final DriverSpec PLAIN =
            new DriverSpec(FakeTransport.DEVICE_ID, Features.NONE, Features.NONE, List.of());

    private final FakeTransport transport = new FakeTransport();
    private final DmaArena arena = new DmaArena(transport.memory);
    private final List<Throwable> errors = new ArrayList<>();

    /** Between the device and memory: it reaches what has been mapped, and nothing else. */
    private static final class ModelledIommu implements DmaMapper {
        final List<SharedMemory> mapped = new ArrayList<>();

        @Override
        public void map(SharedMemory region) {
            mapped.add(region);
        }

        @Override
        public void unmapAll() {
            mapped.clear();
        }

        GuestMemory asTheDeviceSeesIt() {
            return GuestMemory.of(mapped.toArray(SharedMemory[]::new));
        }
    }

    private DriverSession open(Features offered) {
        transport.offered = V1.or(offered);
        return DriverSession.open(transport, PLAIN);
    }

    private DriverSession open(Features offered, DriverSpec spec, BarrierStrength barriers) {
        transport.offered = V1.or(offered);
        return DriverSession.open(transport, spec, TimeUnit.SECONDS.toNanos(5), barriers);
    }

    private ActiveQueue setUp(DriverSession session) {
        ActiveQueue active = session.setUpQueue(0, 8, 4, arena, BarrierPolicy.OPTIMIZED, CallSink.NONE, errors::add);
        session.driverOk();
        return active;
    }

    /** Sends a chain of three parts to a device that reaches memory in its own way, and takes it back. */
    private void exchange(DriverQueue driver, GuestMemory seenByTheDevice) {
        DeviceQueue device = DeviceQueue.create(driver.config(), seenByTheDevice, CallSink.NONE, errors::add);
        DmaBuffer request = arena.allocate(8, 8);
        DmaBuffer response = arena.allocate(8, 8);
        transport.memory.putLe64(request.offset(), 0x1122_3344_5566_7788L);
        driver.offer(
                new BufferChain(3)
                        .addReadable(request)
                        .addWritable(response)
                        .addWritable(transport.memory.guestAddress() + (1 << 16) - 1, 1),
                7);
        int id = device.next();
        assertThat(id).isNotNegative();
        device.chain(id).putLe64(0, device.chain(id).getLe64(0) + 1);
        device.chain(id).putByte(8, 9);
        device.complete(id, 9);
        device.flush();

        assertThat(driver.poll((token, written) -> assertThat(written).isEqualTo(9), 1))
                .isEqualTo(1);
        assertThat(transport.memory.getLe64(response.offset())).isEqualTo(0x1122_3344_5566_7789L);
        assertThat(errors).isEmpty();
    }

    // --- ACCESS_PLATFORM ---------------------------------------------------------------------------------------

    @Test
    @Clause("CORE-DRV-PLATFORM-ACCEPT")
    void accessThroughThePlatformIsAcceptedWhenOfferedByWhateverDriver() {
        assertThat(open(Features.of(FeatureBits.ACCESS_PLATFORM)).features())
                .isEqualTo(V1.with(FeatureBits.ACCESS_PLATFORM));
        assertThat(open(Features.NONE).features()).isEqualTo(V1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, FeatureBits.RING_PACKED, FeatureBits.INDIRECT_DESC})
    @Clause({"CORE-DRV-PLATFORM-TRANSLATE", "CORE-DEV-PLATFORM-OFFER"})
    void everyAddressGivenToTheDeviceGoesThroughTheIommu(int ringBit) {
        ModelledIommu iommu = new ModelledIommu();
        transport.dmaMapper = iommu;
        Features ring = ringBit == 0 ? Features.NONE : Features.of(ringBit);
        DriverSession session = open(
                ring.with(FeatureBits.ACCESS_PLATFORM),
                new DriverSpec(FakeTransport.DEVICE_ID, ring, Features.NONE, List.of()),
                BarrierStrength.SMP);

        exchange(setUp(session).queue(), iommu.asTheDeviceSeesIt());
    }

    @Test
    @Clause("CORE-DRV-PLATFORM-TRANSLATE")
    void theIommuIsProgrammedBeforeTheDeviceRunsAndClearedOnlyAfterItsReset() {
        List<String> trace = transport.trace;
        transport.dmaMapper = new DmaMapper() {
            @Override
            public void map(SharedMemory region) {
                trace.add("map");
            }

            @Override
            public void unmapAll() {
                trace.add("unmap");
            }
        };
        DriverSession session = open(Features.of(FeatureBits.ACCESS_PLATFORM));
        setUp(session);
        session.close();
        session.close();

        assertThat(trace)
                .containsSubsequence("status 11", "map", "write status 15", "write status 0", "status 0", "unmap")
                .filteredOn(line -> line.endsWith("map"))
                .hasSize(2);
    }

    @Test
    @Clause("CORE-DRV-PLATFORM-PHYS")
    void withoutTheFeatureTheDeviceGetsGuestAddressesAndNothingIsMapped() {
        ModelledIommu iommu = new ModelledIommu();
        transport.dmaMapper = iommu;
        ActiveQueue active = setUp(open(Features.NONE));

        QueueAddresses addresses = active.queue().config().addresses();
        GuestMemory guest = transport.memory();
        assertThat(guest.regionIndex(addresses.descriptorArea())).isNotNegative();
        assertThat(guest.regionIndex(addresses.driverArea())).isNotNegative();
        assertThat(guest.regionIndex(addresses.deviceArea())).isNotNegative();
        exchange(active.queue(), guest);
        assertThat(iommu.mapped).isEmpty();
    }

    // --- ORDER_PLATFORM ----------------------------------------------------------------------------------------

    /** Which barriers they are, and that none is left out, is what {@code FenceKindTest} and {@code PlatformOrderTest} show. */
    @Test
    @Clause("CORE-DRV-ORDER-ACCEPT")
    void strongOrderIsAcceptedWhereTheBarriersAreStrong() {
        assertThat(open(Features.of(FeatureBits.ORDER_PLATFORM), PLAIN, BarrierStrength.PLATFORM)
                        .features())
                .isEqualTo(V1.with(FeatureBits.ORDER_PLATFORM));
    }

    @Test
    @Clause("CORE-DRV-ORDER-STRONG-BARRIERS")
    void strongOrderIsNotPromisedWhereTheBarriersAreForProcessorsOnly() {
        Features order = Features.of(FeatureBits.ORDER_PLATFORM);

        assertThat(open(order, PLAIN, BarrierStrength.SMP).features()).isEqualTo(V1);
        assertThat(open(
                                order,
                                new DriverSpec(FakeTransport.DEVICE_ID, order, Features.NONE, List.of()),
                                BarrierStrength.SMP)
                        .features())
                .isEqualTo(V1);
        assertThatThrownBy(() -> open(
                        order, new DriverSpec(FakeTransport.DEVICE_ID, order, order, List.of()), BarrierStrength.SMP))
                .isInstanceOf(DeviceInitException.class);
    }

    /** The way that drivers take, which names no strength: the architecture decides. */
    @ParameterizedTest
    @CsvSource({"amd64, true", "aarch64, false"})
    @Clause({"CORE-DRV-ORDER-ACCEPT", "CORE-DRV-ORDER-STRONG-BARRIERS"})
    void theArchitectureDecidesWhetherStrongOrderIsPromised(String osArch, boolean promised) {
        String here = System.getProperty("os.arch");
        System.setProperty("os.arch", osArch);
        try {
            assertThat(open(Features.of(FeatureBits.ORDER_PLATFORM)).features().has(FeatureBits.ORDER_PLATFORM))
                    .isEqualTo(promised);
        } finally {
            System.setProperty("os.arch", here);
        }
    }

    @ParameterizedTest
    @EnumSource(BarrierStrength.class)
    @Clause("CORE-DRV-SMP-ORDER-ENOUGH")
    void withoutTheFeatureTheBarriersAreTheSameAndEnough(BarrierStrength barriers) {
        DriverSession session = open(Features.NONE, PLAIN, barriers);
        DriverQueue queue = setUp(session).queue();

        exchange(queue, transport.memory());

        // A and B', and nothing stronger: SMP barriers are what these are.
        assertThat(queue.counters().get(QueueCounter.WMB)).isEqualTo(1);
        assertThat(queue.counters().get(QueueCounter.RMB)).isEqualTo(1);
        assertThat(queue.counters().get(QueueCounter.MB)).isZero();
    }

    // --- NOTIF_CONFIG_DATA and NOTIFICATION_DATA ---------------------------------------------------------------

    @Test
    @Clause("CORE-DRV-NOTIFCFG-ACCEPT")
    void aNotificationCarriesWhatTheTransportGaveForTheQueue() {
        transport.notificationData = 0xBEEF;
        DriverSession session = open(Features.of(FeatureBits.NOTIF_CONFIG_DATA));
        ActiveQueue active = setUp(session);
        active.queue().offer(new BufferChain(1).addReadable(arena.allocate(1, 1)), 1);

        active.queue().kick(active.doorbell());

        assertThat(session.features()).isEqualTo(V1.with(FeatureBits.NOTIF_CONFIG_DATA));
        assertThat(transport.trace).endsWith("kick " + 0xBEEF);
    }

    @Test
    @Clause("CORE-DRV-NOTIFY-INDEX")
    void withoutTheFeatureANotificationCarriesTheIndexWhateverTheTransportHas() {
        transport.notificationData = 0xBEEF;
        ActiveQueue active = setUp(open(Features.NONE));
        active.queue().offer(new BufferChain(1).addReadable(arena.allocate(1, 1)), 1);

        active.queue().kick(active.doorbell());

        assertThat(transport.trace).endsWith("kick 0");
    }

    @Test
    void aConfigurationThatNamesAQueueByAnotherNumberNeedsTheFeature() {
        QueueAddresses addresses = new QueueAddresses(0, 0, 0);
        Features feature = V1.with(FeatureBits.NOTIF_CONFIG_DATA);

        assertThat(new QueueConfig(1, 8, feature, addresses, 65535).notificationData())
                .isEqualTo(65535);
        assertThatIllegalArgumentException().isThrownBy(() -> new QueueConfig(1, 8, V1, addresses, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new QueueConfig(1, 8, feature, addresses, 65536));
        assertThatIllegalArgumentException().isThrownBy(() -> new QueueConfig(1, 8, feature, addresses, -1));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Clause("CORE-DRV-NOTIFY-DATA-REPEAT")
    void aNotificationThatIsRepeatedCarriesTheSameUntilSomethingIsPublished(boolean packed) {
        Features ring = Features.of(FeatureBits.NOTIFICATION_DATA);
        ring = packed ? ring.with(FeatureBits.RING_PACKED) : ring;
        ActiveQueue active = setUp(open(
                ring, new DriverSpec(FakeTransport.DEVICE_ID, ring, Features.NONE, List.of()), BarrierStrength.SMP));
        DriverQueue queue = active.queue();
        List<Integer> payloads = new ArrayList<>();
        BufferChain chain = new BufferChain(1).addReadable(arena.allocate(1, 1));
        queue.offer(chain, 1);
        assertThat(queue.kick(payloads::add)).isTrue();
        queue.kickAgain(payloads::add);
        // Not published yet, so not there yet.
        queue.add(chain, 2);
        queue.kickAgain(payloads::add);
        queue.publish();
        queue.kickAgain(payloads::add);

        assertThat(payloads).hasSize(4);
        assertThat(payloads.get(1)).isEqualTo(payloads.get(0));
        assertThat(payloads.get(2)).isEqualTo(payloads.get(0));
        assertThat(payloads.get(3) - payloads.get(0)).isEqualTo(1 << 16);
    }

    @Test
    void aQueueOfADeviceThatWasResetIsNotKicked() {
        DriverSession session = open(Features.NONE);
        ActiveQueue active = setUp(session);
        session.reset();

        active.queue().kickAgain(payload -> errors.add(new AssertionError("kicked")));

        assertThat(errors).isEmpty();
    }
}
