// SPDX-License-Identifier: Apache-2.0

/** The main job: a roulette wheel drawn into guest memory and shown through the GPU driver. */
package io.virtio4j.examples.roulette;
