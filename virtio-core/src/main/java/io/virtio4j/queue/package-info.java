// SPDX-License-Identifier: Apache-2.0

/** What both halves of a virtqueue share: layouts, configuration, event index arithmetic, counters. */
package io.virtio4j.queue;
