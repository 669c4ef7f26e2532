// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.driver.BufferChain;
import io.virtio4j.driver.DeviceInitException;
import io.virtio4j.driver.DriverSession;
import io.virtio4j.driver.DriverSession.ActiveQueue;
import io.virtio4j.driver.DriverSpec;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.DmaBuffer;
import io.virtio4j.queue.BarrierPolicy;
import io.virtio4j.queue.QueueAddresses;
import io.virtio4j.queue.QueueConfig;
import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.device.DriverUnderTest.Bench;
import io.virtio4j.transport.CallSink;
import io.virtio4j.transport.Doorbell;
import io.virtio4j.transport.Transport;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.BlkFeatureBits;
import io.virtio4j.wire.BlkRequestLayout;
import io.virtio4j.wire.BlkZonedLayout;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import io.virtio4j.wire.GpuConfigLayout;
import io.virtio4j.wire.GpuFeatureBits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that breaks a rule turns the case red that asks for it, and the same driver without the fault does not. */
class DriverRuleTeethTest {
    /** Of two requests that each take a batch and a chain alone. */
    private static final int KICKS = 4;

    private static final int SECTOR = BlkRequestLayout.SECTOR_BYTES;
    private static final Features NOTHING = Features.NONE;
    private static final Features ALL = new Features(-1, -1);

    private static final List<HostileCase<DevicePort>> CASES = Stream.of(
                    DeviceCases.ofRings(), BlkDeviceCases.all(), GpuDeviceCases.all())
            .flatMap(List::stream)
            .toList();

    private static CaseResult play(String id, RingFormat format, Supplier<DriverUnderTest> driver) {
        HostileCase<DevicePort> named =
                CASES.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        return new CaseRunner<>(new DriverParty("a-driver", driver)).run(named, format, 1);
    }

    private static void requireTeeth(String id, Supplier<DriverUnderTest> right, Supplier<DriverUnderTest> wrong) {
        for (RingFormat format : RingFormat.values()) {
            assertThat(play(id, format, right)).matches(CaseResult::isGood);
            assertThat(play(id, format, wrong).verdict()).isEqualTo(Verdict.ESCAPED);
        }
    }

    // --- drivers that agree with their device, and do one thing more --------------------------------------------

    /** What a driver does once it has seen the device, or has its features. */
    private interface Deed {
        Deed NONE = session -> Optional.empty();

        /** Answers why the device is refused, if it is. */
        Optional<String> look(DriverSession session);
    }

    /** Agrees to what it wants and whatever that builds on, and sends no request. */
    private static class Agreeing implements DriverUnderTest {
        private final HonestDevice device;
        private final Features wanted;
        private final Deed early;
        private final Deed late;
        private @Nullable DriverSession session;

        Agreeing(HonestDevice device, Features wanted, Deed early, Deed late) {
            this.device = device;
            this.wanted = wanted;
            this.early = early;
            this.late = late;
        }

        @Override
        public HonestDevice device() {
            return device;
        }

        @Override
        public Told open(Bench bench) {
            DriverSpec spec = new DriverSpec(device.deviceId(), wanted, Features.NONE, List.of());
            try {
                DriverSession opened = DriverSession.open(bench.transport(), spec, early::look, bench.timeoutNanos());
                setUp(opened, bench);
                late.look(opened);
                opened.driverOk();
                session = opened;
                return Told.DONE;
            } catch (DeviceInitException e) {
                return Told.refused(e);
            }
        }

        void setUp(DriverSession opened, Bench bench) {
            // It has no queue.
        }

        @Override
        public Told request(long seed) {
            return Told.DONE;
        }

        @Override
        public void close() {
            DriverSession open = session;
            if (open != null) {
                open.close();
                session = null;
            }
        }

        @Override
        public List<String> inFlight() {
            return List.of();
        }
    }

    private static Supplier<DriverUnderTest> wanting(Supplier<HonestDevice> device, Features wanted) {
        return () -> new Agreeing(device.get(), wanted, Deed.NONE, Deed.NONE);
    }

    private static Supplier<DriverUnderTest> early(Supplier<HonestDevice> device, Features wanted, Deed deed) {
        return () -> new Agreeing(device.get(), wanted, deed, Deed.NONE);
    }

    private static Supplier<DriverUnderTest> late(Supplier<HonestDevice> device, Deed deed) {
        return () -> new Agreeing(device.get(), NOTHING, Deed.NONE, deed);
    }

    private static Deed reads(int offset, int lengthBytes) {
        return session -> {
            session.readConfig(offset, lengthBytes);
            return Optional.empty();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"foreign-bits-beside-an-honest-offer", "sr-iov-beside-an-honest-offer"})
    void whatIsForeignIsNotTaken(String id) {
        requireTeeth(id, wanting(EchoDevice::new, NOTHING), wanting(EchoDevice::new, ALL));
    }

    @Test
    void bitsOfOtherTypesAreNotTaken() {
        requireTeeth(
                "blk-foreign-bits-beside-an-honest-offer",
                wanting(HonestBlk::new, NOTHING),
                wanting(HonestBlk::new, ALL));
        requireTeeth(
                "gpu-foreign-bits-beside-an-honest-offer",
                wanting(HonestGpu::new, NOTHING),
                wanting(HonestGpu::new, ALL));
    }

    @Test
    void aFeatureIsLeftWhoseFootIsMissing() {
        requireTeeth(
                "blk-cache-mode-without-flush",
                wanting(HonestBlk::new, NOTHING),
                wanting(HonestBlk::new, Features.of(BlkFeatureBits.CONFIG_WCE)));
        requireTeeth(
                "gpu-blob-alignment-without-blobs",
                wanting(HonestGpu::new, NOTHING),
                wanting(HonestGpu::new, Features.of(GpuFeatureBits.BLOB_ALIGNMENT)));
        requireTeeth(
                "gpu-contexts-without-virgl",
                wanting(HonestGpu::new, NOTHING),
                wanting(HonestGpu::new, Features.of(GpuFeatureBits.CONTEXT_INIT)));
    }

    @Test
    void aFieldIsReadOnlyWhereItsFeatureIsOffered() {
        requireTeeth(
                "blk-fields-of-features-not-offered",
                late(HonestBlk::new, reads(BlkConfigLayout.CAPACITY, Long.BYTES)),
                late(HonestBlk::new, reads(BlkConfigLayout.CAPACITY, Long.BYTES + 1)));
        requireTeeth(
                "gpu-alignment-of-blobs-not-offered",
                late(HonestGpu::new, reads(GpuConfigLayout.NUM_SCANOUTS, Integer.BYTES)),
                late(HonestGpu::new, reads(GpuConfigLayout.BLOB_ALIGNMENT, Integer.BYTES)));
    }

    @Test
    void theCacheModeIsReadLate() {
        requireTeeth(
                "blk-cache-mode-before-features-ok",
                late(HonestBlk::new, reads(BlkConfigLayout.WRITEBACK, Byte.BYTES)),
                early(HonestBlk::new, NOTHING, reads(BlkConfigLayout.WRITEBACK, Byte.BYTES)));
    }

    @Test
    void whoAgreesToZonesDrivesAll() {
        Deed plainOnly = session -> {
            boolean says = session.transport().configLengthBytes() > BlkZonedLayout.MODEL;
            boolean inOrder = says
                    && session.readConfig(BlkZonedLayout.MODEL, Byte.BYTES)[0] == BlkZonedLayout.MODEL_HOST_MANAGED;
            return inOrder ? Optional.of("zones that must be written in order") : Optional.empty();
        };
        Features zoned = Features.of(BlkFeatureBits.ZONED);

        requireTeeth(
                "blk-zones-of-each-model",
                early(HonestBlk::new, NOTHING, plainOnly),
                early(HonestBlk::new, zoned, plainOnly));
        assertThat(play("blk-zones-of-each-model", RingFormat.SPLIT, wanting(HonestBlk::new, zoned))
                        .verdict())
                .isEqualTo(Verdict.SERVED);
    }

    @Test
    void eventsReadIsNotWritten() {
        requireTeeth(
                "gpu-events-stay-raised",
                late(HonestGpu::new, writes(GpuConfigLayout.EVENTS_CLEAR)),
                late(HonestGpu::new, writes(GpuConfigLayout.EVENTS_READ)));
    }

    private static Deed writes(int offset) {
        return session -> {
            session.transport().writeConfig(offset, new byte[] {GpuConfigLayout.EVENT_DISPLAY, 0, 0, 0});
            return Optional.empty();
        };
    }

    @Test
    void withoutAccessPlatformNothingIsMapped() {
        requireTeeth(
                "addresses-without-access-platform",
                wanting(EchoDevice::new, NOTHING),
                late(EchoDevice::new, session -> {
                    Transport transport = session.transport();
                    transport.dmaMapper().map(transport.memory().region(0));
                    return Optional.empty();
                }));
    }

    /** A driver of disks that sends one read of two sectors, cut as it likes. */
    private static final class Reading extends Agreeing {
        private final int[] segmentBytes;
        private @Nullable ActiveQueue queue;
        private @Nullable Bench bench;

        Reading(Features rings, int... segmentBytes) {
            super(new HonestBlk(), rings, Deed.NONE, Deed.NONE);
            this.segmentBytes = segmentBytes;
        }

        @Override
        void setUp(DriverSession session, Bench newBench) {
            bench = newBench;
            queue = session.setUpQueue(
                    0, 8, 4, newBench.arena(), BarrierPolicy.OPTIMIZED, CallSink.NONE, newBench.errorHandler());
        }

        @Override
        public Told request(long seed) {
            DmaArena arena = Objects.requireNonNull(bench).arena();
            List<DmaBuffer> buffers = new ArrayList<>();
            DmaBuffer header = arena.allocate(BlkRequestLayout.HEADER_BYTES, Long.BYTES);
            header.memory().fill(header.offset(), header.lengthBytes(), 0);
            buffers.add(header);
            BufferChain chain = new BufferChain(2 + segmentBytes.length).addReadable(header);
            for (int lengthBytes : segmentBytes) {
                buffers.add(arena.allocate(lengthBytes, Long.BYTES));
            }
            buffers.add(arena.allocate(BlkRequestLayout.STATUS_BYTES, Long.BYTES));
            buffers.stream().skip(1).forEach(chain::addWritable);
            ActiveQueue active = Objects.requireNonNull(queue);
            active.queue().offer(chain, seed);
            active.queue().kick(active.doorbell());
            int taken = active.queue().poll((token, written) -> {}, 1);
            buffers.forEach(DmaBuffer::free);
            return taken == 1 ? Told.DONE : Told.failed("took " + taken);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"blk-one-segment-of-a-sector", "blk-one-segment-of-a-sector-in-tables"})
    void aListIsAsLongAsTheDeviceAllows(String id) {
        Features tables = id.endsWith("tables") ? Features.of(FeatureBits.INDIRECT_DESC) : NOTHING;
        for (RingFormat format : RingFormat.values()) {
            Features rings = format == RingFormat.PACKED ? tables.with(FeatureBits.RING_PACKED) : tables;
            assertThat(play(id, format, () -> new Reading(rings, SECTOR)).verdict())
                    .isEqualTo(Verdict.SERVED);
            assertThat(play(id, format, () -> new Reading(rings, SECTOR, SECTOR))
                            .verdict())
                    .isEqualTo(Verdict.ESCAPED);
            assertThat(play(id, format, () -> new Reading(rings, 2 * SECTOR)).verdict())
                    .isEqualTo(Verdict.ESCAPED);
        }
    }

    // --- the plain driver, over a transport that does one thing for it --------------------------------------------

    /** A driver that goes another way to its device. */
    private record Detour(DriverUnderTest driver, UnaryOperator<Transport> way) implements DriverUnderTest {
        @Override
        public HonestDevice device() {
            return driver.device();
        }

        @Override
        public Told open(Bench bench) {
            return driver.open(new Bench(
                    way.apply(bench.transport()),
                    bench.arena(),
                    bench.idle(),
                    bench.expectSilence(),
                    bench.errorHandler()));
        }

        @Override
        public Told request(long seed) {
            return driver.request(seed);
        }

        @Override
        public void close() {
            driver.close();
        }

        @Override
        public List<String> inFlight() {
            return driver.inFlight();
        }
    }

    private interface Activation {
        Doorbell activate(Transport transport, QueueConfig config, CallSink sink);
    }

    private static Supplier<DriverUnderTest> activating(Activation activation) {
        return () -> new Detour(new PlainDriver(), transport -> (Transport) Proxy.newProxyInstance(
                DriverRuleTeethTest.class.getClassLoader(),
                new Class<?>[] {Transport.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("activate")) {
                        return activation.activate(transport, (QueueConfig) arguments[0], (CallSink) arguments[1]);
                    }
                    try {
                        return method.invoke(transport, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @ParameterizedTest
    @EnumSource(RingFormat.class)
    void aRingThatIsNotInMemoryIsSeen(RingFormat format) {
        Supplier<DriverUnderTest> translated = activating((transport, config, sink) -> {
            QueueAddresses at = config.addresses();
            long offset = 1L << 40;
            QueueAddresses elsewhere = new QueueAddresses(
                    at.descriptorArea() + offset, at.driverArea() + offset, at.deviceArea() + offset);
            return transport.activate(
                    new QueueConfig(config.index(), config.size(), config.features(), elsewhere), sink);
        });

        assertThat(play("addresses-without-access-platform", format, translated).verdict())
                .isEqualTo(Verdict.ESCAPED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "split-avail-event-at-the-first-of-a-batch",
                "split-avail-event-at-the-second-of-a-batch",
                "split-avail-event-at-the-last-of-a-batch",
                "packed-event-at-the-first-slot-of-a-batch",
                "packed-event-at-the-third-slot-of-a-batch",
                "packed-event-at-the-last-slot-of-a-batch"
            })
    void aKickThatDoesNotComeIsMissed(String id) {
        RingFormat format = id.startsWith("split") ? RingFormat.SPLIT : RingFormat.PACKED;
        for (int forgotten = 1; forgotten <= KICKS; forgotten++) {
            assertThat(play(id, format, forgetful(forgotten)).verdict())
                    .as("without kick %d", forgotten)
                    .isEqualTo(Verdict.REJECTED);
        }
        assertThat(play(id, format, forgetful(KICKS + 1)).verdict()).isEqualTo(Verdict.SERVED);
    }

    /** A driver that is right but for one kick, which it does not send. */
    private static Supplier<DriverUnderTest> forgetful(int forgotten) {
        int[] kicks = {0};
        return activating((transport, config, sink) -> {
            Doorbell doorbell = transport.activate(config, sink);
            return payload -> {
                if (++kicks[0] != forgotten) {
                    doorbell.ring(payload);
                }
            };
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0x1_0000, 0x8000_0000})
    void aKickThatCarriesAnotherPlaceIsSeen(int wrong) {
        Supplier<DriverUnderTest> elsewhere = activating((transport, config, sink) -> {
            Doorbell doorbell = transport.activate(config, sink);
            return payload -> doorbell.ring(payload ^ wrong);
        });

        assertThat(play("split-notification-data-of-each-kick", RingFormat.SPLIT, elsewhere)
                        .verdict())
                .isEqualTo(Verdict.ESCAPED);
        assertThat(play("packed-notification-data-of-each-kick", RingFormat.PACKED, elsewhere)
                        .verdict())
                .isEqualTo(Verdict.ESCAPED);
    }
}
