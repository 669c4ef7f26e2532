// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.device;

/** What stands before the value; the layout stands in {@link HandoverValue}. */
@SuppressWarnings("unused")
abstract sealed class HandoverPadding permits HandoverValue {
    long before00, before01, before02, before03, before04, before05, before06, before07;
    long before08, before09, before10, before11, before12, before13, before14, before15;
}
