// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

/**
 * What came is no message.
 *
 * @param reason for a log, in one sentence
 */
public record Refusal(String reason) implements Incoming {}
