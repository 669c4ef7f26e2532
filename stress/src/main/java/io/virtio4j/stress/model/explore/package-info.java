// SPDX-License-Identifier: Apache-2.0
/** An exhaustive explorer of small concurrent programs under weak memory; it knows nothing of queues. */
package io.virtio4j.stress.model.explore;
