// SPDX-License-Identifier: Apache-2.0

/**
 * The ring test: buffers between two pinned threads over every ring of the library, what a user might take instead, and the
 * bare cache line; in slices in turn in one JVM, each ring compiled as if it were alone.
 */
package io.virtio4j.benchmarks.ringtest;
