// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.FeatureBits;
import io.virtio4j.wire.Features;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A device without a feature of rings is not played with cases that need it, and is right in all the others. */
class FeatureNeedsTest {
    /** The echo without some features: neither offers them nor keeps FEATURES_OK with any. */
    private record Lacking(Map<Need, Integer> bits) implements PartyUnderTest<DriverPort> {
        private static final DeviceUnderTest ECHO = EchoParty.stepped();

        @Override
        public String name() {
            return "echo-without-" + bits.values();
        }

        @Override
        public Set<Need> has() {
            Set<Need> has = EnumSet.copyOf(ECHO.has());
            has.removeAll(bits.keySet());
            return has;
        }

        @Override
        public DriverPort open(RingFormat format, CaseMemory memory) {
            DriverPort port = ECHO.open(format, memory);
            return (DriverPort) Proxy.newProxyInstance(
                    FeatureNeedsTest.class.getClassLoader(),
                    new Class<?>[] {DriverPort.class},
                    (proxy, asked, arguments) -> without(port, asked, arguments));
        }

        private Features lacked() {
            return Features.of(
                    bits.values().stream().mapToInt(Integer::intValue).toArray());
        }

        private Object without(DriverPort port, Method asked, Object... arguments) throws Throwable {
            try {
                if (asked.getName().equals("offeredFeatures")) {
                    return port.offeredFeatures().minus(lacked());
                }
                if (asked.getName().equals("writeFeatures")
                        && !((Features) arguments[0]).and(lacked()).isEmpty()) {
                    // A bit that no device of this library offers, so that FEATURES_OK is not kept.
                    port.writeFeatures(((Features) arguments[0]).with(FeatureBits.ORDER_PLATFORM));
                    return null;
                }
                return asked.invoke(port, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        @Override
        public void goodRequest(DriverPort port, Stage stage, boolean needsReset) {
            ECHO.goodRequest(port, stage, needsReset);
        }

        @Override
        public void request(RawDriver driver, Stage stage) {
            ECHO.request(driver, stage);
        }
    }

    private static final Set<Need> OF_RINGS =
            Set.of(Need.INDIRECT_DESC, Need.EVENT_IDX, Need.IN_ORDER, Need.RING_RESET);

    /** Each on one of its rings: which features are negotiated does not go by the ring. Storms are left out, for their time. */
    private static List<CaseResult> play(Lacking party, Predicate<HostileCase<DriverPort>> which) {
        CaseRunner<DriverPort> runner = new CaseRunner<>(party);
        return DriverCases.all().stream()
                .filter(which)
                .filter(one -> !one.id().contains("storm") && !one.id().contains("65535"))
                .map(one -> runner.run(one, Collections.min(one.rings()), 1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"INDIRECT_DESC, 28", "EVENT_IDX, 29", "IN_ORDER, 35", "RING_RESET, 40"})
    void whatADeviceDoesNotOfferIsNoFaultOfIts(Need need, int bit) {
        List<CaseResult> results =
                play(new Lacking(Map.of(need, bit)), one -> !Collections.disjoint(one.needs(), OF_RINGS));

        assertThat(results)
                .allSatisfy(result -> {
                    if (result.hostileCase().needs().contains(need)) {
                        assertThat(result.verdict()).isEqualTo(Verdict.SKIPPED);
                        assertThat(result.detail()).isEqualTo("needs " + need.words());
                    } else {
                        assertThat(result).matches(CaseResult::isGood);
                    }
                })
                .extracting(CaseResult::verdict)
                .contains(Verdict.SKIPPED);
    }

    /** A case that negotiates one of them and does not say so would fail here. */
    @Test
    void noOtherCaseNeedsAFeatureOfRings() {
        Lacking party =
                new Lacking(Map.of(Need.INDIRECT_DESC, 28, Need.EVENT_IDX, 29, Need.IN_ORDER, 35, Need.RING_RESET, 40));

        assertThat(play(party, one -> Collections.disjoint(one.needs(), OF_RINGS)))
                .hasSizeGreaterThan(200)
                .allMatch(CaseResult::isGood);
    }

    @ParameterizedTest
    @CsvSource({"INDIRECT_DESC, 28", "EVENT_IDX, 29", "IN_ORDER, 35", "RING_RESET, 40"})
    void aDeviceOfThisLibraryHasWhatItOffers(Need need, int bit) {
        DeviceUnderTest echo = EchoParty.stepped();
        DriverPort port = echo.open(RingFormat.SPLIT, CaseMemory.inProcess());

        assertThat(port.offeredFeatures().has(bit)).isTrue();
        assertThat(echo.has()).contains(need);
        assertThat(RingNeeds.of(bit)).containsExactly(need);
    }
}
