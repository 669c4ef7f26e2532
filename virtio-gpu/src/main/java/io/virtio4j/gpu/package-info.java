// SPDX-License-Identifier: Apache-2.0

/** The GPU driver, 2D mode; 3D is not offered. VirtIO 1.2, 5.7 GPU Device. */
package io.virtio4j.gpu;
