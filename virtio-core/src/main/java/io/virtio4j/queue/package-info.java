// SPDX-License-Identifier: Apache-2.0
/** What both halves of a virtqueue share: split and packed layouts and their configuration. */
package io.virtio4j.queue;
