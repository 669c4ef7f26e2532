// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which device a command works on: {@code none}, {@code sim}, {@code sim:memory} or {@code sim:file=PATH}. */
public sealed interface DeviceOption {
    /** {@return how the device is written on the command line} */
    String written();

    /** No device at all. */
    record None() implements DeviceOption {
        @Override
        public String written() {
            return Converter.NONE;
        }
    }

    /** The simulated device with nothing behind it but what the command gives it. */
    record Sim() implements DeviceOption {
        @Override
        public String written() {
            return Converter.SIM;
        }
    }

    /** A simulated device that keeps its data in memory. */
    record SimMemory() implements DeviceOption {
        @Override
        public String written() {
            return Converter.SIM_MEMORY;
        }
    }

    /**
     * A simulated device that keeps its data in a file.
     *
     * @param path the file
     */
    record SimFile(Path path) implements DeviceOption {
        @Override
        public String written() {
            return Converter.FILE_PREFIX + path;
        }
    }

    /** Reads a device from the command line; each command that takes one says which, in a class of its own. */
    abstract class Converter implements ITypeConverter<DeviceOption> {
        /** How {@link None} is written. */
        protected static final String NONE = "none";

        /** How {@link Sim} is written. */
        protected static final String SIM = "sim";

        /** How {@link SimMemory} is written. */
        protected static final String SIM_MEMORY = "sim:memory";

        /** How {@link SimFile} is written. */
        protected static final String SIM_FILE = "sim:file=PATH";

        private static final String FILE_PREFIX = "sim:file=";

        private final List<String> taken;

        /**
         * For a command.
         *
         * @param taken what it takes, as written
         */
        protected Converter(String... taken) {
            this.taken = List.of(taken);
        }

        @Override
        public final DeviceOption convert(String value) {
            if (value.startsWith("vhost-user:")) {
                throw new TypeConversionException("'" + value
                        + "': devices over vhost-user sockets are not available in this version; use " + choice());
            }
            String form = value.startsWith(FILE_PREFIX) ? SIM_FILE : value;
            if (!taken.contains(form) || value.equals(FILE_PREFIX)) {
                throw new TypeConversionException("'" + value + "' is no device for this command; use " + choice());
            }
            return switch (form) {
                case NONE -> new None();
                case SIM -> new Sim();
                case SIM_MEMORY -> new SimMemory();
                case SIM_FILE -> file(value);
                default -> throw new IllegalArgumentException("no device is written " + form);
            };
        }

        private String choice() {
            return String.join(" or ", taken);
        }

        private static SimFile file(String value) {
            try {
                return new SimFile(Path.of(value.substring(FILE_PREFIX.length())));
            } catch (InvalidPathException e) {
                throw new TypeConversionException("'" + value + "' does not name a file: " + e.getReason());
            }
        }
    }
}
