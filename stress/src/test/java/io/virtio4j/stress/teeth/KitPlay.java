// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.stress.teeth;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseResult;
import io.virtio4j.sim.hostile.CaseRunner;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.PartyUnderTest;
import io.virtio4j.sim.hostile.PeerPort;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.sim.hostile.device.DeviceCases;
import io.virtio4j.sim.hostile.device.DevicePort;
import io.virtio4j.sim.hostile.device.DriverParty;
import io.virtio4j.sim.hostile.device.PlainDriver;
import io.virtio4j.sim.hostile.driver.DriverCases;
import io.virtio4j.sim.hostile.driver.EchoParty;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Plays the kit's ring cases with the library of the loader that has loaded this class. */
public final class KitPlay implements Kit {
    static final String DEVICE = "device";
    static final String DRIVER = "driver";

    /** What is not planted takes milliseconds, but for a case that goes round all 65536 indices. */
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final String GOES_ROUND = "65535";

    /** Made by its loader. */
    public KitPlay() {}

    @Override
    public Optional<String> red(String half, String format, String word) {
        RingFormat rings = RingFormat.valueOf(format);
        return half.equals(DEVICE)
                ? new Half<>(device(), DriverCases.all()).firstRed(rings, word)
                : new Half<>(driver(), DeviceCases.ofRings()).firstRed(rings, word);
    }

    @Override
    public String wrong(String half, String format, String id) {
        RingFormat rings = RingFormat.valueOf(format);
        return half.equals(DEVICE)
                ? new Half<>(device(), DriverCases.all()).wrong(rings, id)
                : new Half<>(driver(), DeviceCases.ofRings()).wrong(rings, id);
    }

    private static PartyUnderTest<DriverPort> device() {
        return EchoParty.stepped();
    }

    private static PartyUnderTest<DevicePort> driver() {
        return new DriverParty("plain-driver", PlainDriver::new);
    }

    /** A party and the cases against it. */
    private record Half<P extends PeerPort>(PartyUnderTest<P> party, List<HostileCase<P>> cases) {
        Optional<String> firstRed(RingFormat format, String word) {
            return cases.stream()
                    .filter(one -> one.rings().contains(format))
                    .sorted(Comparator.comparing(
                                    (HostileCase<P> one) -> !one.id().contains(word))
                            .thenComparing(one -> one.id().contains(GOES_ROUND)))
                    .filter(one -> isRed(one, format))
                    .map(HostileCase::id)
                    .findFirst();
        }

        private boolean isRed(HostileCase<P> one, RingFormat format) {
            CaseResult result = new CaseRunner<>(party, DEADLINE_NANOS).run(one, format, 1);
            if (isOutOfTime(result)) {
                result = new CaseRunner<>(party).run(one, format, 1);
            }
            return !result.isGood() && !isOutOfTime(result);
        }

        /** A case that ran out of time for no other reason than a busy machine shows nothing. */
        private static boolean isOutOfTime(CaseResult result) {
            return result.verdict() == Verdict.WEDGED
                    && result.detail().contains("deadline")
                    && !result.detail().contains(Endless.class.getName());
        }

        String wrong(RingFormat format, String id) {
            HostileCase<P> named = cases.stream()
                    .filter(one -> one.id().equals(id))
                    .findFirst()
                    .orElseThrow();
            CaseResult result = new CaseRunner<>(party).run(named, format, 1);
            return result.isGood() ? "" : result.toString();
        }
    }
}
