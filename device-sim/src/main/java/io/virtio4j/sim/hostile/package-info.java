// SPDX-License-Identifier: Apache-2.0

/**
 * Hostile peers: cases that each break one rule of the specification, and what it takes to play them against a device or a
 * driver, in this process or elsewhere.
 *
 * <pre>
 *   HostileCase --play--&gt; PeerPort --whatever carries it--&gt; PartyUnderTest
 *       |                    ^
 *       +---- Stage ---------+        CaseRunner: deadline, guards, good request, Verdict
 * </pre>
 *
 * <p>A case says what is wrong and which {@link io.virtio4j.sim.hostile.Verdict} is right; {@link
 * io.virtio4j.sim.hostile.CaseRunner} plays it, finds the verdict, and has the same party do one good request afterwards. No
 * test framework is needed.
 *
 * <p>Hostile devices against a driver of one's own, which is told to the kit by a {@link
 * io.virtio4j.sim.hostile.device.DriverUnderTest}, here {@code RngUnderTest}:
 *
 * <pre>{@code
 * var party = new DriverParty("rng-driver", RngUnderTest::new);
 * var cases = DeviceCases.ofRings().stream()
 *         .filter(one -> one.area().equals("features"))
 *         .toList();
 * var results = new CaseRunner<>(party).runAll(cases, 1);
 *
 * assertThat(results).hasSizeGreaterThan(15).allMatch(CaseResult::isGood);
 * }</pre>
 *
 * <p>The examples module has all of it, {@code docs/testing-a-driver.md} and {@code docs/testing-a-device.md} say more.
 */
package io.virtio4j.sim.hostile;
