// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: the version in the jar's manifest, and the Java it runs on. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {
            "virtio4j " + (version == null ? "(not from a jar)" : version) + ", Java " + Runtime.version()
        };
    }
}
