// SPDX-License-Identifier: Apache-2.0
/** Pictures as arrays of pixels, and the files they are written to: PNG and animated GIF. */
package io.virtio4j.examples.picture;
