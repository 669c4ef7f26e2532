// SPDX-License-Identifier: Apache-2.0

/**
 * The three memory barriers of the VirtIO specification as types: a value of the type is the proof that the fence was
 * issued, and the access that the fence guards demands that proof.
 *
 * <p>No other package of the library calls a raw fence.
 */
package io.virtio4j.barrier;
