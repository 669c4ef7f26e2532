// SPDX-License-Identifier: Apache-2.0
/** Shared memory, guest addresses and DMA buffers; the one place where raw memory is touched. */
package io.virtio4j.memory;
