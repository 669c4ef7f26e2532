// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.vhostuser.message;

/** What bytes of a peer turn out to be: what they should be, or the reason why not. Never an exception. */
public sealed interface Incoming permits Header, Request, Reply, Refusal {}
