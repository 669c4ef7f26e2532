// SPDX-License-Identifier: Apache-2.0

/**
 * Fuzzing: an input is an array of bytes, which a target decodes into steps of both sides of a device, one of which follows no
 * rule. The same bytes are the same steps. See docs/robustness.md.
 */
package io.virtio4j.fuzz;
