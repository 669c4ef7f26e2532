// SPDX-License-Identifier: Apache-2.0

/** What is made of many measured values. */
package io.virtio4j.examples.measure;
