// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of the queues and their barriers. */
package io.virtio4j.benchmarks;
