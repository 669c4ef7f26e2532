// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.examples.blk.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtio4j.examples.CommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code virtio4j blk-bench} from its options to its table and its JSON. How quick anything is decides nothing here. */
final class BlkBenchCommandTest {
    private static final int IMAGE_BYTES = 1 << 20;

    @TempDir
    private Path directory;

    private final CommandRunner command = new CommandRunner();

    private int bench(String options) {
        return bench("0.02", "0.1", options);
    }

    private int bench(String ramp, String time, String options) {
        String json = directory.resolve("bench.json").toString();
        return command.run(Stream.concat(
                        Stream.of("blk-bench", "--time", time, "--ramp-time", ramp, "--json", json),
                        Arrays.stream(options.split(" ")))
                .toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return new ObjectMapper().readTree(directory.resolve("bench.json").toFile());
    }

    private JsonNode run(int index) throws IOException {
        return json().get("runs").get(index);
    }

    private List<String> rows() {
        return command.out().lines().filter(line -> line.startsWith("|")).toList();
    }

    private byte[] image(String name) throws IOException {
        byte[] bytes = new byte[IMAGE_BYTES];
        new Random(4).nextBytes(bytes);
        Files.write(directory.resolve(name), bytes);
        return bytes;
    }

    @Test
    void aSettingIsAColumnAndARunInTheJson() throws IOException {
        assertThat(bench("--device sim:memory --size 1m --iodepth 1,8 --ring split,packed"))
                .as(command.err())
                .isZero();
        assertThat(command.err()).isEmpty();
        assertThat(json().get("runs")).hasSize(4);
        List<String> titles = StreamSupport.stream(json().get("runs").spliterator(), false)
                .map(run -> run.get("ring").asText() + ", iodepth " + run.get("iodepth"))
                .toList();
        assertThat(titles)
                .containsExactly("split, iodepth 1", "split, iodepth 8", "packed, iodepth 1", "packed, iodepth 8");
        assertThat(rows().get(0).split("\\|")).extracting(String::strip).containsSubsequence(titles);
        assertThat(rows()).extracting(String::length).containsOnly(rows().get(0).length());
        assertThat(rows()).extracting(row -> row.split("\\|")[1].strip()).contains("IOPS", "read latency us, 50 %");
        assertThat(rows()).noneMatch(row -> row.contains("write latency"));
    }

    @Test
    void theJsonSaysWhatWasAskedForAndWhere() throws IOException {
        assertThat(bench("--device sim:memory --size 1m --rw randrw --rwmixread 70 --bs 8k --jobs 2"))
                .as(command.err())
                .isZero();
        JsonNode json = json();
        assertThat(json.get("device").asText()).isEqualTo("sim:memory");
        assertThat(json.get("store").asText()).isEqualTo("memory:1048576");
        assertThat(json.get("rw").asText()).isEqualTo("randrw");
        assertThat(json.get("rwmixread").asInt()).isEqualTo(70);
        assertThat(json.get("blockBytes").asInt()).isEqualTo(8192);
        assertThat(json.get("jobs").asInt()).isEqualTo(2);
        assertThat(json.get("areaBytes").asLong()).isEqualTo(1 << 20);
        assertThat(json.get("timeNanos").asLong()).isEqualTo(100_000_000);
        JsonNode machine = json.get("machine");
        assertThat(machine.get("processors").asInt())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(machine.get("java").asText()).isEqualTo(Runtime.version().toString());
        assertThat(machine.fieldNames()).toIterable().contains("vm", "os", "processor", "instant");
    }

    @ParameterizedTest
    @CsvSource({
        "split, randread, 1, 1, 1, reads",
        "packed, randwrite, 1, 1, 1, writes",
        "split, randrw, 16, 2, 1, reads writes",
        "packed, rw, 16, 2, 1, reads writes",
        "split, rw, 16, 3, 3, reads writes",
        "packed, randrw, 16, 3, 2, reads writes"
    })
    void whatWasCountedFitsTogether(String ring, String rw, int depth, int jobs, int threads, String both)
            throws IOException {
        String options = "--device sim:memory --size 1m --ring %s --rw %s --iodepth %d --jobs %d --device-threads %d";
        assertThat(bench(options.formatted(ring, rw, depth, jobs, threads)))
                .as(command.err())
                .isZero();
        assertThat(json().get("deviceThreads").asInt()).isEqualTo(threads);
        List<String> latencies = List.of(both.split(" "));
        JsonNode device = run(0).get("device");
        long requests = device.get("requests").asLong();
        assertThat(requests).isGreaterThanOrEqualTo((long) depth * jobs);
        assertThat(device.get("failed").asLong()).isZero();
        assertThat(latencies.stream()
                        .mapToLong(latency -> device.get(latency).get("count").asLong())
                        .sum())
                .isEqualTo(requests);
        assertThat(device.get("iops").asDouble()).isPositive();
        assertThat(device.get("bytesPerSecond").asDouble())
                .isEqualTo(device.get("iops").asDouble() * 4096);
        double wmb = device.get("wmbPerRequest").asDouble();
        double rmb = device.get("rmbPerRequest").asDouble();
        double mb = device.get("mbPerRequest").asDouble();
        // A request is published and its kick is considered by itself; what came back is taken together.
        assertThat(wmb).isEqualTo(1);
        assertThat(mb).isEqualTo(1);
        assertThat(rmb).isPositive().isLessThanOrEqualTo(1);
        assertThat(device.get("fencesPerRequest").asDouble()).isCloseTo(wmb + rmb + mb, within(1e-9));
        assertThat(device.get("deviceFencesPerRequest").asDouble()).isPositive();
        assertThat(device.get("kicksPerRequest").asDouble()).isBetween(0.0, 1.0);
        assertThat(device.get("callsPerRequest").asDouble()).isZero();
        for (String latency : latencies) {
            assertThat(Stream.of("p50Nanos", "p90Nanos", "p99Nanos", "p999Nanos", "maxNanos")
                            .map(name -> device.get(latency).get(name).asLong()))
                    .isSorted()
                    .allMatch(nanos -> nanos > 0);
        }
    }

    @Test
    void thePlainCopyStandsBesideItWithARatioAndItsSpread() throws IOException {
        assertThat(bench("--device sim:memory --size 1m")).as(command.err()).isZero();
        JsonNode plain = run(0).get("plainCopy");
        assertThat(plain.get("between").asText()).isEqualTo("memory");
        assertThat(plain.get("copies").asLong()).isPositive();
        assertThat(plain.get("bytesPerSecond").asDouble())
                .isEqualTo(plain.get("iops").asDouble() * 4096);
        JsonNode ratio = run(0).get("copyRatio");
        JsonNode all = ratio.get("all");
        assertThat(all.get("count").asInt()).isPositive();
        assertThat(all.get("least").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(all.get("median").asDouble());
        assertThat(all.get("greatest").asDouble())
                .isGreaterThanOrEqualTo(all.get("median").asDouble());
        int steady = ratio.has("steady") ? ratio.get("steady").get("count").asInt() : 0;
        assertThat(steady + ratio.get("dropped").asInt())
                .isEqualTo(all.get("count").asInt());
        int grouped = 0;
        for (JsonNode group : ratio.get("groups")) {
            assertThat(group.get("pingPongNanos").asDouble()).isPositive();
            grouped += group.get("ratio").get("count").asInt();
        }
        assertThat(grouped).isEqualTo(steady);
    }

    @Test
    void withoutADeviceThereIsThePlainCopyAlone() throws IOException {
        assertThat(bench("--device none --size 1m --iodepth 1,4"))
                .as(command.err())
                .isZero();
        assertThat(json().get("runs")).hasSize(2);
        assertThat(run(1).fieldNames()).toIterable().containsExactly("iodepth", "plainCopy");
        assertThat(rows()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"read", "randread"})
    void aFileThatIsReadStaysAsItWas(String rw) throws IOException {
        byte[] before = image("disk");
        assertThat(bench("--device sim:file=" + directory.resolve("disk") + " --iodepth 4 --rw " + rw))
                .as(command.err())
                .isZero();
        assertThat(run(0).get("plainCopy").get("between").asText()).isEqualTo("file");
        assertThat(run(0).get("device").get("reads").get("count").asLong()).isPositive();
        assertThat(run(0).get("device").has("writes")).isFalse();
        assertThat(Files.readAllBytes(directory.resolve("disk"))).isEqualTo(before);
    }

    @Test
    void onlyTheNamedPartOfAFileIsWritten() throws IOException {
        byte[] before = image("disk");
        assertThat(bench("--device sim --file " + directory.resolve("disk") + " --rw write --bs 64k --size 300k"))
                .as(command.err())
                .isZero();
        assertThat(json().get("areaBytes").asLong()).isEqualTo(256 << 10);
        byte[] after = Files.readAllBytes(directory.resolve("disk"));
        assertThat(after).hasSameSizeAs(before);
        assertThat(Arrays.copyOfRange(after, 256 << 10, IMAGE_BYTES))
                .isEqualTo(Arrays.copyOfRange(before, 256 << 10, IMAGE_BYTES));
        assertThat(Arrays.copyOf(after, 256 << 10)).isNotEqualTo(Arrays.copyOf(before, 256 << 10));
        assertThat(run(0).get("device").get("writes").get("count").asLong()).isPositive();
    }

    @Test
    void anyStoreIsLoadedByItsUri() throws IOException {
        byte[] before = image("base");
        String base = "overlay:" + directory.resolve("base");
        String made = "file:" + directory.resolve("made") + "?create=1m";
        for (String store : List.of("memory:2M", base, base + "?top=" + directory.resolve("top"), made)) {
            assertThat(bench("--device sim --rw randrw --store " + store))
                    .as(command.err())
                    .isZero();
            assertThat(json().get("device").asText()).isEqualTo("sim");
            assertThat(json().get("store").asText()).isEqualTo(store);
        }
        assertThat(Files.readAllBytes(directory.resolve("base"))).isEqualTo(before);
        assertThat(directory.resolve("made")).hasSize(IMAGE_BYTES);
    }

    /** Before anything counts, and afterwards: long before the time is over. */
    @ParameterizedTest
    @CsvSource({"0, 60", "60, 1"})
    void aRequestThatFailsIsCountedAndEndsItWithStatusOne(String ramp, String time) throws IOException {
        assertThat(bench(ramp, time, "--device sim --store flaky:100 --iodepth 4,8"))
                .isEqualTo(1);
        assertThat(command.err().lines()).singleElement().asString().contains("1 of 10", "status 1", "worn out");
        assertThat(json().get("runs")).hasSize(1);
        assertThat(run(0).get("device").get("failed").asLong()).isEqualTo(1);
        assertThat(run(0).get("device").get("requests").asLong()).isBetween(100L, 103L);
        assertThat(rows()).anyMatch(row -> row.matches("\\| failed requests +\\| +1 \\|"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--device none --store tape:4",
                "--device tape",
                "--device vhost-user:s",
                "--device sim",
                "--device sim:memory --store memory:1M",
                "--device sim:file=a --file b",
                "--device sim --store memory:1M --file a",
                "--device sim --store foo",
                "--device sim --store tape:4",
                "--device sim --store memory:",
                "--device sim --store memory:many",
                "--device sim --store memory:0",
                "--device sim --store memory:1000",
                "--device sim --store file:relative",
                "--device sim --store file:/x?create=many",
                "--device sim --store file:/x?what",
                "--device sim --store file:/x?read-only&create=1M",
                "--device sim --store overlay:/x?top=",
                "--device sim --store bad%uri",
                "--device sim:memory --rw trim",
                "--device sim:memory --bs 0",
                "--device sim:memory --bs 1000",
                "--device sim:memory --bs 32m",
                "--device sim:memory --bs four",
                "--device sim:memory --iodepth 0",
                "--device sim:memory --iodepth 4097",
                "--device sim:memory --iodepth 1,0",
                "--device sim:memory --iodepth 4096 --bs 1m",
                "--device sim:memory --jobs 0",
                "--device sim:memory --jobs 65",
                "--device sim:memory --device-threads 0",
                "--device sim:memory --jobs 2 --device-threads 3",
                "--device sim:memory --time 0",
                "--device sim:memory --time -1",
                "--device sim:memory --time NaN",
                "--device sim:memory --ramp-time -1",
                "--device sim:memory --ring round",
                "--device sim:memory --size 1k",
                "--device sim --store memory:1M --size 2m",
                "--device sim:memory --rwmixread 50",
                "--device sim:memory --rw randrw --rwmixread 101"
            })
    void badUsageIsOneSentenceWithStatusTwo(String options) {
        CommandRunner wrong = new CommandRunner();
        assertThat(wrong.run(("blk-bench " + options).strip().split(" "))).isEqualTo(2);
        assertThat(wrong.err().lines()).as(wrong.err()).hasSize(1);
        assertThat(wrong.out()).isEmpty();
    }

    @Test
    void aStoreThatCanOnlyBeReadIsNotWritten() throws IOException {
        byte[] before = image("disk");
        String store = "file:" + directory.resolve("disk") + "?read-only";
        assertThat(bench("--device sim --rw randwrite --store " + store)).isEqualTo(2);
        assertThat(command.err().lines()).singleElement().asString().contains("randread");
        assertThat(Files.readAllBytes(directory.resolve("disk"))).isEqualTo(before);
    }

    @Test
    void whatCannotBeOpenedOrWrittenFailsInOneSentence() throws IOException {
        image("disk");
        String missing = directory.resolve("missing").toString();
        for (String options : List.of(
                "--device sim:file=" + missing,
                "--device sim --file " + missing,
                "--device none --file " + missing,
                "--device sim --store overlay:" + missing,
                "--device sim:memory --json " + directory,
                "--device sim:memory --json /dev/null",
                "--device sim:memory --time 0.02 --ramp-time 0 --json " + directory.resolve("no/such"))) {
            CommandRunner wrong = new CommandRunner();
            assertThat(wrong.run(("blk-bench " + options).split(" ")))
                    .as(options)
                    .isEqualTo(1);
            assertThat(wrong.err().lines()).as(wrong.err()).hasSize(1);
        }
        assertThat(Path.of(missing)).doesNotExist();
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(command.run("blk-bench", "--help")).isZero();
        assertThat(command.out())
                .contains("--device", "--store", "--file", "--rw", "--bs", "--iodepth", "--jobs", "--time", "--json")
                .contains("randread", "Exit status");
        assertThat(command.out().lines()).allMatch(line -> line.length() <= 80);
    }
}
