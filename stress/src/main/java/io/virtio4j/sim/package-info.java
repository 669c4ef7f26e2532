// SPDX-License-Identifier: Apache-2.0
/** The way of the stress tests to the registers of the in-process transport. */
package io.virtio4j.sim;
