// SPDX-License-Identifier: Apache-2.0
/** The memory barriers as types: a token is the proof that its fence was issued. */
package io.virtio4j.barrier;
