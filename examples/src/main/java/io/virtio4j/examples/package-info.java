// SPDX-License-Identifier: Apache-2.0
/** The command line {@code virtio4j}. */
package io.virtio4j.examples;
