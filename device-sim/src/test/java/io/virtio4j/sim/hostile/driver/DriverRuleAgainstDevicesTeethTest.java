// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.blk.MemoryBlockStore;
import io.virtio4j.sim.blk.SimBlk;
import io.virtio4j.sim.blk.SimBlkOptions;
import io.virtio4j.sim.gpu.SimDisplays;
import io.virtio4j.sim.gpu.SimGpu;
import io.virtio4j.sim.gpu.SimGpuConfig;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.blk.BlkRequestCases;
import io.virtio4j.sim.hostile.gpu.GpuRequestCases;
import io.virtio4j.sim.hostile.gpu.WatchedScanout;
import io.virtio4j.sim.hostile.request.UsedLength;
import io.virtio4j.wire.BlkConfigLayout;
import io.virtio4j.wire.DeviceStatus;
import io.virtio4j.wire.GpuConfigLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device that takes a driver's broken rule badly turns the case red that breaks it. */
class DriverRuleAgainstDevicesTeethTest {
    private static final long HOST_BYTES = 64 << 10;
    private static final int RESOURCES = 8;
    private static final int SEGMENTS = 4;

    private static final WatchedScanout DISPLAY = new WatchedScanout(HOST_BYTES, RESOURCES);

    private static final DeviceUnderTest BLK = new DeviceUnderTest(
            "a-disk",
            () -> new SimBlk(
                    new MemoryBlockStore(64 * 512), SimBlkOptions.DEFAULTS.withLimits(SEGMENTS, 0), error -> {}),
            BlkRequestCases::goodRequest);
    private static final DeviceUnderTest GPU = new DeviceUnderTest(
            "a-gpu",
            () -> new SimGpu(SimGpuConfig.of(new SimDisplays(1))
                    .withScanout(DISPLAY)
                    .withLimits(HOST_BYTES, RESOURCES)
                    .withBlobAlignment(4096)),
            (driver, stage) -> GpuRequestCases.goodRequest(driver, stage, DISPLAY));

    /** Changes what the device answers to a call of its port. */
    private interface Wrong {
        Object answer(DriverPort port, String method, Object[] arguments, Object right);
    }

    /** A device whose port answers one thing wrong. */
    private record WrongParty(PartyUnderTest<DriverPort> sound, Wrong wrong) implements PartyUnderTest<DriverPort> {
        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public DriverPort open(RingFormat format, CaseMemory memory) {
            DriverPort port = sound.open(format, memory);
            return (DriverPort) Proxy.newProxyInstance(
                    DriverRuleAgainstDevicesTeethTest.class.getClassLoader(),
                    new Class<?>[] {DriverPort.class},
                    (proxy, asked, arguments) -> {
                        try {
                            return wrong.answer(port, asked.getName(), arguments, asked.invoke(port, arguments));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
            sound.goodRequest(port, stage, needsReset);
        }

        @Override
        public void request(RawDriver driver, Stage stage) {
            sound.request(driver, stage);
        }
    }

    private static CaseResult play(PartyUnderTest<DriverPort> party, List<HostileCase<DriverPort>> cases, String id) {
        HostileCase<DriverPort> named =
                cases.stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        return new CaseRunner<>(party).run(named, RingFormat.PACKED, 1);
    }

    private static void requireLie(
            DeviceUnderTest device, List<HostileCase<DriverPort>> cases, String id, Wrong wrong) {
        assertThat(play(device, cases, id)).matches(CaseResult::isGood);
        assertThat(play(new WrongParty(device, wrong), cases, id).verdict()).isEqualTo(Verdict.LIED);
    }

    private static List<HostileCase<DriverPort>> gpuCases() {
        return GpuRequestCases.all(DISPLAY, UsedLength.EXACT);
    }

    @Test
    void aCacheModeThatIsNoneBeforeFeaturesOk() {
        requireLie(
                BLK,
                BlkRequestCases.all(UsedLength.EXACT),
                "blk-config-writeback-read-before-features-ok",
                (port, method, arguments, right) -> method.equals("readConfig")
                                && (int) arguments[0] == BlkConfigLayout.WRITEBACK
                                && (port.status() & DeviceStatus.FEATURES_OK) == 0
                        ? new byte[] {7}
                        : right);
    }

    /** The fifth segment, which is one more than is allowed, is not what lies on the disk. */
    @Test
    void aLongListThatIsAnsweredWithOtherData() {
        long[] longest = {0};
        DeviceUnderTest forgets = new DeviceUnderTest(
                "a-disk",
                () -> new SimBlk(
                        new ForgetfulStore(SEGMENTS, longest),
                        SimBlkOptions.DEFAULTS.withLimits(SEGMENTS, 0),
                        error -> {}),
                BlkRequestCases::goodRequest);

        CaseResult result = play(forgets, BlkRequestCases.all(UsedLength.EXACT), "blk-read-more-segments-than-allowed");

        assertThat(longest[0]).isEqualTo(SEGMENTS + 1);
        assertThat(result.verdict()).isEqualTo(Verdict.LIED);
    }

    @Test
    void anEventThatTheDriverHasWritten() {
        boolean[] written = {false};
        requireLie(GPU, gpuCases(), "gpu-config-events-read-written", (port, method, arguments, right) -> {
            if (method.equals("writeConfig") && (int) arguments[0] == GpuConfigLayout.EVENTS_READ) {
                written[0] = true;
            }
            if (method.equals("readConfig") && written[0] && (int) arguments[0] == 0) {
                ((byte[]) right)[0] = 1;
            }
            return right;
        });
    }

    /** The device keeps FEATURES_OK, and does nothing. */
    @Test
    void aDeviceThatTakesFeaturesAndDoesNotServe() {
        assertThat(play(GPU, gpuCases(), "gpu-features-without-what-they-build-on"))
                .matches(CaseResult::isGood);
        WrongParty taking = new WrongParty(
                GPU,
                (port, method, arguments, right) -> method.equals("status") && ((int) right & DeviceStatus.DRIVER) != 0
                        ? (int) right | DeviceStatus.FEATURES_OK
                        : right);
        assertThat(play(taking, gpuCases(), "gpu-features-without-what-they-build-on")
                        .isGood())
                .isFalse();
    }
}
