// SPDX-License-Identifier: Apache-2.0
/** Names the clauses of the specification that a test shows, and records which of them ran and passed. */
package io.virtio4j.testkit;
