// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.queue.RingFormat;
import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.Verdict;
import io.virtio4j.wire.DescFlags;
import java.util.List;

/** Chains that no driver may make. VirtIO 1.2, 2.7.5 and 2.8.17. */
final class ChainCases {
    private static final String AREA = "chains";

    private ChainCases() {}

    static List<HostileCase<DriverPort>> all() {
        return List.of(
                broken(
                        "chain-readable-after-writable",
                        "SPLIT-DRV-READABLE-FIRST PACKED-DRV-READABLE-FIRST",
                        "A readable descriptor follows a writable one.",
                        (port, stage) -> {
                            RawDriver driver = RawDriver.start(port, stage);
                            CaseMemory memory = stage.memory();
                            driver.ring(0)
                                    .offer(
                                            Desc.writable(memory.writable(16), 16),
                                            Desc.readable(memory.readable(new byte[16]), 16));
                            driver.kick(0);
                        }),
                broken(
                                "split-next-is-itself",
                                "SPLIT-DRV-CHAIN-BYTES SPLIT-DRV-CHAIN-LE-QSIZE",
                                "A descriptor's next is the descriptor itself.",
                                (port, stage) -> {
                                    RawDriver driver = RawDriver.start(port, stage);
                                    long at = stage.memory().readable(new byte[16]);
                                    driver.ring(0).split().descriptor(0, at, 16, DescFlags.NEXT, 0);
                                    driver.ring(0).makeAvailable(0);
                                    driver.kick(0);
                                })
                        .on(RingFormat.SPLIT),
                HostileCase.of(
                        "chain-zero-length-between",
                        AREA,
                        "SPLIT-DEV-NO-FRAMING-ASSUMPTION PACKED-DEV-LIST-ORDER",
                        "A descriptor of no bytes stands between two others.",
                        Verdict.SERVED,
                        (port, stage) -> {
                            RawDriver driver = RawDriver.start(port, stage);
                            byte[] sent = stage.randomBytes(8);
                            long answer = stage.memory().writable(8);
                            int id = driver.ring(0)
                                    .offer(
                                            Desc.readable(stage.memory().readable(sent), 8),
                                            Desc.readable(CaseMemory.HOLE, 0),
                                            Desc.writable(answer, 8));
                            driver.kick(0);
                            driver.awaitUsed(0, id);
                            EchoParty.requireEcho(stage, sent, answer);
                            stage.served();
                        }));
    }

    private static HostileCase<DriverPort> broken(String id, String clauses, String violates, Play<DriverPort> play) {
        return HostileCase.of(id, AREA, clauses, violates, Verdict.NEEDS_RESET, play);
    }
}
