// SPDX-License-Identifier: Apache-2.0
/** jcstress tests of the ordering that the queues rely on. */
package io.virtio4j.stress;
