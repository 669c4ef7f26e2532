// SPDX-License-Identifier: Apache-2.0

/**
 * Whether the hostile peers bite: bugs planted into the queues, and the cases that turn red over each.
 *
 * <pre>
 *   PlantedBugs --Edit of byte code--&gt; EditedLoader --a library and a kit of its own--&gt; KitPlay --&gt; ids of red cases
 * </pre>
 */
package io.virtio4j.stress.teeth;
