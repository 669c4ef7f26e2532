// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.rng;

import io.virtio4j.examples.cli.DeviceOption;
import io.virtio4j.examples.cli.OutputFile;
import io.virtio4j.examples.cli.WorkFailedException;
import io.virtio4j.examples.picture.AtomicFile;
import io.virtio4j.memory.DmaArena;
import io.virtio4j.memory.GuestMemory;
import io.virtio4j.memory.SharedMemory;
import io.virtio4j.rng.RngDevice;
import io.virtio4j.rng.RngException;
import io.virtio4j.rng.RngOptions;
import io.virtio4j.sim.DeviceIdle;
import io.virtio4j.sim.InProcessTransport;
import io.virtio4j.sim.rng.SimRng;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code virtio4j rng}: random bytes out of an entropy device, through the driver. */
@Command(
        name = "rng",
        description = "Print random bytes of an entropy device, or write them to a file.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Prints hexadecimal digits, 32 bytes to a line; writes the bytes themselves.",
            "Exit status: 0 done, 1 the work failed, 2 bad usage."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields before call()
public final class RngCommand implements Callable<Integer> {
    private static final long MEMORY_BYTES = 1 << 20;
    private static final long GUEST_ADDRESS = 0x4000_0000;
    private static final int LINE_BYTES = 32;
    private static final int PIECE_BYTES = 64 << 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "D",
            required = true,
            converter = DeviceConverter.class,
            description = "sim, which gives what the system's own generator gives")
    @SuppressWarnings("UnusedVariable") // the converter takes one device only
    private DeviceOption device;

    @Option(names = "--bytes", paramLabel = "N", defaultValue = "32", description = "how many (default: 32)")
    private long lengthBytes;

    @Option(names = "--out", paramLabel = "F", description = "write them to this file")
    private Path out;

    /** What {@code --device} takes here. */
    static final class DeviceConverter extends DeviceOption.Converter {
        DeviceConverter() {
            super(SIM);
        }
    }

    /** Where bytes go. */
    @FunctionalInterface
    private interface Sink {
        void write(byte[] bytes, int lengthBytes) throws IOException;
    }

    @Override
    public Integer call() {
        if (lengthBytes < 1) {
            throw new ParameterException(spec.commandLine(), "--bytes is 1 or more, not " + lengthBytes);
        }
        try {
            if (out == null) {
                print();
            } else {
                write(OutputFile.of(out));
            }
        } catch (RngException e) {
            throw new WorkFailedException("there are no random bytes (" + e.getMessage() + ")", e);
        }
        return 0;
    }

    private void print() {
        PrintWriter lines = spec.commandLine().getOut();
        try {
            copy(LINE_BYTES, (bytes, length) -> lines.println(HexFormat.of().formatHex(bytes, 0, length)));
        } catch (IOException e) {
            throw new WorkFailedException("cannot print (" + e + ")", e);
        }
    }

    private void write(Path target) {
        try (AtomicFile file = new AtomicFile(target)) {
            copy(PIECE_BYTES, (bytes, length) -> file.stream().write(bytes, 0, length));
            file.commit();
        } catch (IOException e) {
            throw new WorkFailedException("cannot write " + out + " (" + e + ")", e);
        }
    }

    private void copy(int pieceBytes, Sink sink) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        SharedMemory ram = SharedMemory.allocate(MEMORY_BYTES, GUEST_ADDRESS);
        RngOptions options = RngOptions.defaults(error -> {}); // whatever it is told of is thrown here as well
        try (InProcessTransport transport = InProcessTransport.start(
                        new SimRng(),
                        GuestMemory.of(ram),
                        DeviceIdle.NOTIFIED,
                        error -> err.println("device: " + error));
                RngDevice rng = RngDevice.open(transport, new DmaArena(ram), options)) {
            byte[] piece = new byte[pieceBytes];
            try {
                for (long left = lengthBytes; left > 0; left -= pieceBytes) {
                    int part = (int) Math.min(left, pieceBytes);
                    rng.nextBytes(piece, 0, part, options.timeoutNanos());
                    sink.write(piece, part);
                }
            } finally {
                Arrays.fill(piece, (byte) 0); // may be somebody's secret
            }
        }
    }
}
