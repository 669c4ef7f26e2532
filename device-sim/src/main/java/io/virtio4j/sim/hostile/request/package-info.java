// SPDX-License-Identifier: Apache-2.0

/**
 * What cases of requests have in common: chains as a hostile driver cuts them, a line to a device that carries them over rings which
 * are as they should be, and what came back.
 */
package io.virtio4j.sim.hostile.request;
