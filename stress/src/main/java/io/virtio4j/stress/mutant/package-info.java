// SPDX-License-Identifier: Apache-2.0
/**
 * The library's own classes with one fence dropped, weakened or misplaced, made from the built classes by changing their
 * byte code: nothing in the library knows of it. {@link io.virtio4j.stress.mutant.Mutants} is the list,
 * {@link io.virtio4j.stress.mutant.MutantLoader} makes one run.
 */
package io.virtio4j.stress.mutant;
