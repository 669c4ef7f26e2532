// SPDX-License-Identifier: Apache-2.0
package io.virtio4j.sim.hostile.driver;

import io.virtio4j.sim.hostile.CaseMemory;
import io.virtio4j.sim.hostile.Desc;
import io.virtio4j.sim.hostile.DriverPort;
import io.virtio4j.sim.hostile.HostileCase;
import io.virtio4j.sim.hostile.HostileCase.Play;
import io.virtio4j.sim.hostile.Need;
import io.virtio4j.sim.hostile.RawDriver;
import io.virtio4j.sim.hostile.RawDriverRing;
import io.virtio4j.sim.hostile.RawDriverRing.Used;
import io.virtio4j.sim.hostile.RawPackedDriver;
import io.virtio4j.sim.hostile.RawSplitDriver;
import io.virtio4j.sim.hostile.Stage;
import io.virtio4j.sim.hostile.Verdict;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A device at DRIVER_OK with queue 0, and what the rows of a table say about it in few words. Its own requests any device does; an
 * {@link Echo} only one that answers as {@link EchoParty} does. One thread, the case's.
 */
final class Scene {
    /** How long requests are, unless a case wants it otherwise. */
    static final int BYTES = 16;

    final DriverPort port;
    final Stage stage;
    final CaseMemory memory;
    final RawDriver driver;

    /** A request: its bytes, where its answer goes, and its chain. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Echo(byte[] sent, long readable, long answer, Desc... chain) {}

    private Scene(DriverPort port, Stage stage, RawDriver driver) {
        this.port = port;
        this.stage = stage;
        this.memory = stage.memory();
        this.driver = driver;
    }

    /** A driver that has done everything right so far. */
    static Scene start(DriverPort port, Stage stage, int... featureBits) {
        return new Scene(port, stage, RawDriver.start(port, stage, featureBits));
    }

    // --- kinds of rows -------------------------------------------------------------------------------------------

    /** A row of a ring that cannot be followed: the device uses nothing of it, and needs a reset. */
    static HostileCase<DriverPort> broken(
            String area, String id, String clauses, String violates, Consumer<Scene> offer, int... featureBits) {
        Play<DriverPort> play = (port, stage) -> {
            Scene scene = start(port, stage, featureBits);
            offer.accept(scene);
            scene.kickAndSettle();
            stage.requireHonest(!scene.ring().hasUsed(), "a chain was used that cannot be followed");
            if (!port.needsReset()) {
                stage.served();
            }
        };
        return HostileCase.of(id, area, clauses, violates, Verdict.NEEDS_RESET, play)
                .needing(RingNeeds.of(featureBits));
    }

    /** A row that the device serves, or is indifferent to, and that goes by the answers of an echo. */
    static HostileCase<DriverPort> served(
            String area, String id, String clauses, String violates, Consumer<Scene> play, int... featureBits) {
        return indifferent(area, id, clauses, violates, play, featureBits).needing(Need.ECHO);
    }

    /** A row that a device of any type is indifferent to: it does its own requests as before. */
    static HostileCase<DriverPort> indifferent(
            String area, String id, String clauses, String violates, Consumer<Scene> play, int... featureBits) {
        return HostileCase.of(id, area, clauses, violates, Verdict.SERVED, playing(play, featureBits))
                .needing(RingNeeds.of(featureBits));
    }

    /** A row in which the driver harms itself at most: what the device makes of it is its own affair, within limits. */
    static HostileCase<DriverPort> either(
            String area, String id, String clauses, String violates, Consumer<Scene> play, int... featureBits) {
        return indifferent(area, id, clauses, violates, play, featureBits).or(Verdict.NEEDS_RESET);
    }

    private static Play<DriverPort> playing(Consumer<Scene> play, int... featureBits) {
        return (port, stage) -> {
            Scene scene = start(port, stage, featureBits);
            play.accept(scene);
            stage.settle();
            if (!port.needsReset() && !stage.hasSpoken()) {
                stage.served();
            }
        };
    }

    // --- what rows say -------------------------------------------------------------------------------------------

    RawDriverRing ring() {
        return driver.ring(0);
    }

    RawSplitDriver split() {
        return ring().split();
    }

    RawPackedDriver packed() {
        return ring().packed();
    }

    /** A buffer that the device may read, of random bytes. */
    Desc in(int lengthBytes) {
        return in(stage, lengthBytes);
    }

    static Desc in(Stage stage, int lengthBytes) {
        return Desc.readable(stage.memory().readable(stage.randomBytes(lengthBytes)), lengthBytes);
    }

    /** A buffer that the device may write. */
    Desc out(int lengthBytes) {
        return out(stage, lengthBytes);
    }

    static Desc out(Stage stage, int lengthBytes) {
        return Desc.writable(stage.memory().writable(lengthBytes), lengthBytes);
    }

    /** A request as it should be, of which nothing is in the ring yet. */
    Echo echo() {
        return echo(stage.randomBytes(BYTES));
    }

    Echo echo(byte[] sent) {
        return echo(sent, sent.length);
    }

    Echo echo(byte[] sent, int answerBytes) {
        long from = memory.readable(sent);
        long to = memory.writable(answerBytes);
        return new Echo(sent, from, to, Desc.readable(from, sent.length), Desc.writable(to, answerBytes));
    }

    /** Has the device do a request of its own kind right. */
    void requireService() {
        stage.requireService(driver);
    }

    /** Offers a request as it should be, kicks, and checks the answer: of a device that echoes. */
    void requireEcho() {
        Echo echo = echo();
        int id = ring().offer(echo.chain());
        // To rest first: what a case scribbled over the used ring is not to be taken for an answer.
        kickAndSettle();
        requireAnswer(id, echo);
    }

    /** Waits for the answer to a request and checks it. */
    void requireAnswer(int id, Echo echo) {
        Used used = driver.awaitUsed(0, id);
        stage.requireHonest(
                used.lengthBytes() == echo.sent().length,
                echo.sent().length + " bytes were sent, the answer is " + used);
        EchoParty.requireEcho(stage, echo.sent(), echo.answer());
    }

    /** Waits for a used buffer and takes it, whatever is in it. */
    void awaitAny() {
        stage.await(ring()::hasUsed, "a used buffer of queue 0");
        ring().takeUsed();
    }

    /** Waits until chains are used, each once and in any order, and nothing else. */
    void requireAll(Set<Integer> ids) {
        Set<Integer> missing = new HashSet<>(ids);
        while (!missing.isEmpty()) {
            stage.await(ring()::hasUsed, "a used buffer of queue 0; still missing are " + missing);
            int id = ring().takeUsed().orElseThrow().id();
            stage.requireHonest(missing.remove(id), "chain " + id + " was used, and " + missing + " are under way");
        }
    }

    /** Takes what is used by now: some of these chains, none of them twice; {@return which} */
    Set<Integer> requireNoneTwice(Set<Integer> ids) {
        Set<Integer> used = new HashSet<>();
        while (ring().hasUsed()) {
            int id = ring().takeUsed().orElseThrow().id();
            stage.requireHonest(ids.contains(id), "chain " + id + " was used, and only " + ids + " were offered");
            stage.requireHonest(used.add(id), "chain " + id + " was used twice");
        }
        return used;
    }

    void kick() {
        driver.kick(0);
    }

    void kickAndSettle() {
        kick();
        stage.settle();
    }

    /** Lets the device take what was offered, and not yet answer it. */
    void kickAndTake() {
        kick();
        port.step();
        stage.requireHonest(!ring().hasUsed(), "the device was to take the chain and not to answer it yet");
    }

    /** Checks that the device has used nothing. */
    void requireSilence(String why) {
        stage.settle();
        stage.requireHonest(!ring().hasUsed(), "a buffer was used: " + why);
    }
}
