// SPDX-License-Identifier: Apache-2.0

/** The example of the README: both sides of a virtqueue in one process. */
package io.virtio4j.examples.tour;
