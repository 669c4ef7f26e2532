// SPDX-License-Identifier: Apache-2.0
/** The paths of the real queues under weak memory, explored exhaustively: which fences are needed, and whether they suffice. */
package io.virtio4j.stress.model;
