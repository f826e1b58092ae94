package dev.parkinglot.examples.trace;

import dev.parkinglot.core.DeadlockDetector;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.locks.Condvar;
import dev.parkinglot.locks.Mutex;
import dev.parkinglot.locks.ReentrantMutex;
import dev.parkinglot.locks.RwLock;
import dev.parkinglot.testkit.Body;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.DrivenThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes the recordings of the page in {@code docs/visualizer}: real locks, real threads, and the real lot, in a fixed
 * order. Two runs make the same files. The argument is the folder for them:
 *
 * <pre>{@code
 * mvn -q compile exec:exec@record
 * }</pre>
 */
public final class RecordScenarios {
    private static final String RECORDED = "Recorded from the library's own classes, whose threads were driven step by"
            + " step with the test kit, by RecordScenarios in docs/examples.";

    private static final long TURN_NANOS = 1_000_000L;
    private static final long LOOK_NANOS = 2_000_000L;

    /** The buckets in which the keys are, so that two recordings are alike. */
    private static final int FIRST_BUCKET = 3;

    private static final int SECOND_BUCKET = 11;

    private RecordScenarios() {}

    /** Records all scenarios into the folder that is the only argument. */
    public static void main(String... args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("give the folder for the recordings, and nothing else");
        }
        for (Trace trace : all()) {
            Path file = Path.of(args[0], trace.scenario() + ".js");
            Files.writeString(file, trace.toScript());
            System.out.println(file + ": " + trace.steps().size() + " steps");
        }
    }

    /** All recordings of the page. */
    static List<Trace> all() {
        return List.of(contention(), handOff(), signalAll(), exit(), growth(), upgrade(), deadlock());
    }

    /** A mutex, its queue and its state word. */
    private static Mutex mutex(Recorder recorder) {
        Mutex mutex = recorder.table().inBucket(FIRST_BUCKET, 1, Mutex::new);
        recorder.key("mutex", mutex, 0L)
                .wakesTell(mutex, 0L, () -> StateWords.wakeOf(mutex))
                .word("mutex", () -> StateWords.of(mutex));
        return mutex;
    }

    private static Body lockOnce(DrivenLot lot, Mutex mutex) {
        return () -> {
            mutex.lock();
            lot.stop("holds the mutex");
            mutex.unlock();
        };
    }

    private static Trace contention() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "Contention");
            Mutex mutex = mutex(recorder);
            DrivenThread a = recorder.thread("A", lockOnce(lot, mutex));
            DrivenThread b = recorder.thread("B", lockOnce(lot, mutex));
            DrivenThread c = recorder.thread("C", lockOnce(lot, mutex));
            DrivenThread d = recorder.thread("D", lockOnce(lot, mutex));
            recorder.note("begin", "Four threads are going to lock a mutex. Nobody holds it, and nobody waits.");
            recorder.step(a);
            recorder.step(b, "B finds the mutex held, spins for a while in vain, sets PARKED, and is about to park.");
            recorder.run(b);
            recorder.step(c, "C finds the mutex held, and is about to park, too.")
                    .run(c);
            recorder.step(a, "A frees the mutex. It has seen that somebody is parked, and is about to wake one.");
            recorder.step(d, "D comes just now, finds the mutex free, and takes it: whoever is first has it.");
            recorder.run(a);
            recorder.step(b, "B wakes up, finds the mutex held once more, and is about to park again.");
            recorder.step(b, "B returns to the front of the queue, which it left for nothing.");
            recorder.step(d, "D frees the mutex, and is about to wake somebody.")
                    .run(d);
            recorder.run(b);
            recorder.run(c);
            return recorder.trace(
                    "contention",
                    "Four threads want one mutex. A has it, B and C park, and D comes at the moment at"
                            + " which A frees it."
                            + " So the woken B finds it taken, and parks again, at the front.",
                    RECORDED);
        }
    }

    private static Trace handOff() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "Hand-off");
            Mutex mutex = mutex(recorder);
            DrivenThread a = recorder.thread("A", lockOnce(lot, mutex));
            DrivenThread b = recorder.thread("B", lockOnce(lot, mutex));
            DrivenThread c = recorder.thread("C", lockOnce(lot, mutex));
            DrivenThread d = recorder.thread("D", lockOnce(lot, mutex));
            recorder.note("begin", "Four threads are going to lock a mutex.");
            recorder.step(a).run(b).run(c);
            lot.clock().advance(TURN_NANOS);
            recorder.note("note", "A millisecond passes. B has waited for so long that it is its turn.");
            recorder.step(a, "A is about to unlock. It sees that it is the turn of B, so it does not free the mutex.");
            recorder.step(d, "D comes just now, and finds the mutex locked: it cannot get ahead of B.")
                    .run(d);
            recorder.step(
                    a, "A takes B out of the queue and wakes it, with the token HANDOFF: the mutex is B's already.");
            recorder.step(b, "B wakes up and holds the mutex, without having done anything for it.");
            recorder.run(b);
            recorder.run(c).run(d);
            return recorder.trace(
                    "handoff",
                    "B has waited for more than half a millisecond when A unlocks. So A leaves the mutex"
                            + " locked and hands"
                            + " it to B. D, which comes at that moment, has to wait.",
                    RECORDED);
        }
    }

    private static Trace signalAll() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "signalAll: requeueing");
            Mutex mutex = mutex(recorder);
            Condvar condition = recorder.table().inBucket(SECOND_BUCKET, 1, Condvar::new);
            recorder.key("condition", condition, 0L).wakesTell(condition, 0L, () -> "SIGNALLED");
            AtomicBoolean ready = new AtomicBoolean();
            Body awaiting = () -> {
                mutex.lock();
                lot.stop("holds the mutex, and sees that the condition does not hold");
                condition.awaitWhile(mutex, () -> !ready.get());
                lot.stop("holds the mutex again, and the condition holds");
                mutex.unlock();
            };
            List<DrivenThread> waiters = new ArrayList<>();
            for (String name : List.of("A", "B", "C")) {
                waiters.add(recorder.thread(name, awaiting));
            }
            DrivenThread d = recorder.thread("D", () -> {
                mutex.lock();
                ready.set(true);
                lot.stop("holds the mutex, and has made the condition true");
                condition.signalAll();
                lot.stop("holds the mutex still, and has signalled all");
                mutex.unlock();
            });
            recorder.note("begin", "A, B and C will wait for a condition, and D will make it true.");
            waiters.forEach(recorder::run);
            recorder.step(d).step(d).step(d).run(d);
            waiters.forEach(recorder::run);
            return recorder.trace(
                    "signal-all",
                    "A, B and C wait for a condition. D makes it true and signals all while it holds the"
                            + " mutex. Nobody is"
                            + " woken by that: all three are moved, asleep, to the queue of the mutex, and each unlock"
                            + " wakes one of them.",
                    RECORDED);
        }
    }

    private static Trace exit() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "The 1-0 exit and its store buffer");
            Mutex mutex = mutex(recorder);
            DrivenThread a = recorder.thread("A", () -> {
                mutex.lock();
                lot.stop("holds the mutex");
                lot.stop("unlocks: it stores locked = 0, and looks at the flags, of which none is set");
            });
            DrivenThread b = recorder.thread("B", lockOnce(lot, mutex));
            recorder.note("begin", "A and B are going to lock a mutex.");
            recorder.step(a);
            recorder.store(a, "locked = 0").step(a);
            recorder.step(b, "B finds the mutex held, since it cannot see A's store yet. It sets PARKED.");
            recorder.step(b, "B asks once more under the lock of the bucket, still finds the mutex held, and sleeps.");
            StateWords.becomeFree(mutex);
            recorder.store(a, null)
                    .note(
                            "note",
                            "A's store becomes visible. The mutex is free, and B sleeps: each has overlooked the"
                                    + " other.");
            recorder.run(a);
            lot.clock().advance(LOOK_NANOS);
            recorder.note(
                    "note", "Two milliseconds pass. One of those who sleep has the duty to look again: here it is B.");
            recorder.step(b, "B looks again, finds the mutex free, leaves the queue, and takes it.");
            recorder.run(b);
            return recorder.trace(
                    "exit",
                    "A unlocks with a plain store, which stays in the store buffer of its processor while B parks. Then"
                            + " the mutex is free, and B sleeps. B finds out by itself.",
                    RECORDED + " No program can hold a store back in a store buffer. So here the recorder itself writes"
                            + " the byte, at the moment at which A's store becomes visible.");
        }
    }

    private static Trace growth() {
        final int count = 10;
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "Growth of the table");
            long[] offsets = recorder.table().offsetsInBucket(FIRST_BUCKET, count);
            AtomicBoolean open = new AtomicBoolean();
            List<DrivenThread> waiters = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long offset = offsets[i];
                recorder.key("key " + (i + 1), null, offset);
                waiters.add(recorder.thread(String.valueOf((char) ('A' + i)), () -> {
                    ParkingLot.park(null, offset, () -> !open.get());
                }));
            }
            DrivenThread z = recorder.thread("Z", () -> {
                open.set(true);
                for (long offset : offsets) {
                    ParkingLot.unparkAll(null, offset);
                }
            });
            recorder.note(
                    "begin", "Ten threads will each wait for a key of their own. All ten keys belong in one bucket.");
            waiters.forEach(recorder::run);
            recorder.run(z);
            waiters.forEach(recorder::run);
            return recorder.trace(
                    "growth",
                    "Ten threads park on ten keys that happen to share a bucket. When a bucket has more than eight, the"
                            + " table looks whether it should grow, and then moves each queue to its new bucket. Nobody"
                            + " who sleeps in it notices.",
                    RECORDED);
        }
    }

    private static Trace upgrade() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "Upgrade");
            RwLock lock = recorder.table().inBucket(FIRST_BUCKET, 2, RwLock::new);
            recorder.key("main", lock, 0L)
                    .key("drain", lock, 1L)
                    .wakesTell(lock, 0L, () -> StateWords.wakeOf(lock))
                    .wakesTell(lock, 1L, () -> "RETRY")
                    .word("rwlock", () -> StateWords.of(lock));
            DrivenThread a = recorder.thread("A", () -> {
                lock.lockUpgradable();
                lot.stop("holds the lock upgradably: it reads, and may want to write");
                lock.upgrade();
                lot.stop("holds the lock for writing");
                lock.unlockWrite();
            });
            Body reading = () -> {
                lock.lockRead();
                lot.stop("holds the lock for reading");
                lock.unlockRead();
            };
            DrivenThread b = recorder.thread("B", reading);
            DrivenThread c = recorder.thread("C", reading);
            DrivenThread d = recorder.thread("D", () -> {
                lock.lockWrite();
                lot.stop("holds the lock for writing");
                lock.unlockWrite();
            });
            recorder.note("begin", "A will read and then write, B and C will read, and D will write.");
            recorder.step(a).step(b);
            recorder.step(
                    a, "A upgrades: it claims the lock, so that no new readers come. B still reads, so A must wait.");
            recorder.run(a).run(c).run(d).run(b).run(a).run(c).run(d);
            return recorder.trace(
                    "upgrade",
                    "A holds the lock upgradably, and B reads beside it. A upgrades: it claims the lock"
                            + " and waits in the"
                            + " drain queue until B has left, while C and D queue up behind the claim.",
                    RECORDED);
        }
    }

    private static Trace deadlock() {
        try (DrivenLot lot = new DrivenLot()) {
            Recorder recorder = new Recorder(lot, "A deadlock");
            ReentrantMutex m = recorder.table().inBucket(FIRST_BUCKET, 1, ReentrantMutex::new);
            ReentrantMutex n = recorder.table().inBucket(SECOND_BUCKET, 1, ReentrantMutex::new);
            recorder.key("M", m, 0L)
                    .key("N", n, 0L)
                    .word("M", () -> StateWords.of(m))
                    .word("N", () -> StateWords.of(n));
            DrivenThread a = recorder.thread("A", () -> {
                m.lock();
                lot.stop("holds M, and will need N");
                n.lock();
            });
            DrivenThread b = recorder.thread("B", () -> {
                n.lock();
                lot.stop("holds N, and will need M");
                m.lock();
            });
            recorder.note("begin", "A will lock M and then N; B will lock N and then M.");
            recorder.step(a).step(b).run(a).run(b);
            int found = DeadlockDetector.findDeadlocks().size();
            if (found != 1) {
                throw new IllegalStateException("there should be one deadlock, but the detector found " + found);
            }
            recorder.note(
                    "deadlock",
                    "DeadlockDetector.findDeadlocks() has found it: A waits for N, which B holds, and B waits for M,"
                            + " which A holds.");
            return recorder.trace(
                    "deadlock",
                    "A and B lock two mutexes in opposite orders. Each holds what the other needs, and sleeps. The lot"
                            + " knows who waits for what, and these mutexes know who holds them.",
                    RECORDED);
        }
    }
}
