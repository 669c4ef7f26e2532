// SPDX-License-Identifier: Apache-2.0
/**
 * Threads as CPUs: each has a preemption counter of its own, takes simulated interrupts at interrupt points, and runs tasks that may
 * move to another CPU. Kernel code that guards itself with a {@code PreemptGuard} can be run, watched and tested here.
 */
package io.virtio4j.preempt;
