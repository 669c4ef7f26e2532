// SPDX-License-Identifier: Apache-2.0

/** The command {@code rng}: random bytes out of an entropy device. */
package io.virtio4j.examples.rng;
