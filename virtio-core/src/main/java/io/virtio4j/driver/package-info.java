// SPDX-License-Identifier: Apache-2.0
/** The driver half of split and packed virtqueues. */
package io.virtio4j.driver;
