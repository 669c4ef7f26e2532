// SPDX-License-Identifier: Apache-2.0
/** The messages of vhost-user, as values: a type each, and what becomes of bytes that are none. Not for users. */
package io.virtio4j.vhostuser.message;
