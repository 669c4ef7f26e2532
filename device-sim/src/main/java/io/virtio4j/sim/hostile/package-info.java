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
 */
package io.virtio4j.sim.hostile;
