// SPDX-License-Identifier: Apache-2.0
/**
 * jcstress tests of the ordering that the queues rely on. A {@link io.virtio4j.stress.Race} is what happens in a sample, over
 * the real classes and memory outside the heap; the tests beside it say which outcomes are right. What is wrong on purpose is
 * graded interesting.
 */
package io.virtio4j.stress;
