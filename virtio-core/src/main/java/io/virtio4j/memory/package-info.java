// SPDX-License-Identifier: Apache-2.0

/** Memory that driver and device share: regions, guest addresses, and buffers carved out of a region. */
package io.virtio4j.memory;
