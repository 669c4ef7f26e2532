// SPDX-License-Identifier: Apache-2.0

/** What all commands share: devices by name, and how a command fails. */
package io.virtio4j.examples.cli;
