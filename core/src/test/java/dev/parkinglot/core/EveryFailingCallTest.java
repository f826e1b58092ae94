package dev.parkinglot.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.HandDrivenLot.Parked;
import dev.parkinglot.testkit.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call that an operation makes to a parker fails once, one after the other: the first of its kind, then the
 * second, until there is none left. Whatever fails, nobody may be forgotten.
 */
class EveryFailingCallTest {
    private static final long INTERVAL = 1_000L;

    /** Everything that calls parkers. */
    @SuppressWarnings("ImmutableEnumChecker") // its functions have no state
    private enum Operation {
        PARK(scene -> {
            Parked thread = scene.park(new ScriptedCallbacks().lookingAgain(INTERVAL / 2L), Patience.ENDLESS);
            for (int i = 0; i < 2 && thread.isAsleep(); i++) {
                scene.lot.clock.advance(INTERVAL / 2L);
                thread.returnFromPark(); // finds no reason to leave, and parks again
            }
        }),
        UNPARK_ONE(scene -> scene.lot.unparkOne(scene.key, scene::choose)),
        UNPARK_UP_TO(scene -> scene.lot.unparkUpTo(scene.key, 2, scene::choose)),
        UNPARK_ALL(scene -> scene.lot.unparkUpTo(scene.key, Integer.MAX_VALUE, scene::choose)),
        UNPARK_FILTER(scene -> {
            int[] asked = {0};
            scene.lot.unparkFilter(
                    scene.key, (context, token) -> asked[0]++ == 1 ? FilterOp.SKIP : FilterOp.UNPARK, scene::choose);
        }),
        REQUEUE_ABORT(scene -> scene.requeue(RequeueOp.ABORT)),
        UNPARK_ONE_REQUEUE_REST(scene -> scene.requeue(RequeueOp.UNPARK_ONE_REQUEUE_REST)),
        REQUEUE_ALL(scene -> scene.requeue(RequeueOp.REQUEUE_ALL)),
        REQUEUE_UNPARK_ONE(scene -> scene.requeue(RequeueOp.UNPARK_ONE)),
        REQUEUE_ONE(scene -> scene.requeue(RequeueOp.REQUEUE_ONE)),
        TIME_OUT(scene -> {
            scene.lot.clock.advance(INTERVAL);
            scene.threads.get(0).returnFromPark();
            assertSame(ParkResult.TIMED_OUT, scene.threads.get(0).result());
        }),
        INTERRUPT(scene -> {
            scene.threads.get(0).interrupt();
            assertSame(ParkResult.INTERRUPTED, scene.threads.get(0).result());
        }),
        LOOK_THAT_SAYS_NO(scene -> {
            scene.callbacks.get(0).valid = false;
            scene.threads.get(0).returnFromPark();
            assertSame(ParkResult.INVALID, scene.threads.get(0).result());
        }),
        LOOK_THAT_SAYS_YES(scene -> scene.threads.get(0).returnFromPark());

        private final Consumer<Scene> body;

        Operation(Consumer<Scene> body) {
            this.body = body;
        }

        void run(Scene scene) {
            body.accept(scene);
        }
    }

    /**
     * Three threads on a key, of which the first is on duty and the other two could be, and one on another key, of
     * another bucket.
     */
    private static final class Scene {
        final HandDrivenLot lot = new HandDrivenLot(4);
        final List<Key> keys = Key.inTwoBuckets(4);
        final Key key = keys.get(0);
        final List<ScriptedCallbacks> callbacks = new ArrayList<>();
        final List<Parked> threads = new ArrayList<>();

        /** How many threads an operation undertook to wake. */
        int chosen;

        Scene() {
            ParkOptions options = ParkOptions.NONE.lookingAgain(INTERVAL, 1, INTERVAL);
            park(new ScriptedCallbacks().with(options), Patience.interruptiblyUntil(lot.clock.in(INTERVAL)));
            park(new ScriptedCallbacks().with(options), Patience.ENDLESS);
            park(new ScriptedCallbacks().with(options), Patience.ENDLESS);
            ScriptedCallbacks elsewhere = new ScriptedCallbacks();
            callbacks.add(elsewhere);
            threads.add(lot.park(keys.get(1), elsewhere));
        }

        Parked park(ScriptedCallbacks newCallbacks, Patience patience) {
            callbacks.add(newCallbacks);
            Parked thread = lot.park(key, newCallbacks, patience);
            threads.add(thread);
            return thread;
        }

        long choose(Object context, long parkToken, UnparkResult result) {
            chosen = result.unparkedThreads();
            return 9L;
        }

        void requeue(RequeueOp op) {
            lot.requeue(key, keys.get(1), new FixedRequeue(op, this::choose));
        }

        /** The throwable that left the operation, on whichever thread. */
        void assertNobodyElseFailed(Throwable injected, Throwable thrown) {
            // A wake that runs out of stack is thrown as the cause of something else, since more than nothing has
            // happened.
            assertTrue(
                    thrown == null || thrown == injected || thrown.getCause() == injected, () -> "thrown: " + thrown);
            for (Parked thread : threads) {
                if (thread.hasEnded() && thread.failure() != null) {
                    assertSame(injected, thread.failure());
                }
            }
        }

        /** Whoever sleeps is in a queue, or has been chosen, and then somebody has tried to wake it. */
        void assertNobodySleepsForgotten(boolean wakeFailed) {
            List<Thread> queued = Stream.concat(lot.queue(keys.get(0)).stream(), lot.queue(keys.get(1)).stream())
                    .toList();
            int notRoused = 0;
            for (Parked thread : threads) {
                assertTrue(thread.isAsleep() || !queued.contains(thread.thread()), "a queue has no phantoms");
                if (thread.isAsleep() && !queued.contains(thread.thread())) {
                    assertTrue(thread.sleeper().isMarkedUnparked(), () -> thread + " sleeps in no queue");
                    notRoused += thread.isRoused() ? 0 : 1;
                }
            }
            assertTrue(notRoused <= (wakeFailed ? 1 : 0), "all are woken but the one whose wake has failed");
        }

        /** Wakes all, and checks that everybody is told once. */
        void assertEverybodyCanBeWoken() {
            int told = 0;
            List<Parked> chosenBefore = new ArrayList<>();
            List<Thread> queued = new ArrayList<>(lot.queue(keys.get(0)));
            queued.addAll(lot.queue(keys.get(1)));
            for (Parked thread : threads) {
                if (thread.isAsleep() && !queued.contains(thread.thread())) {
                    chosenBefore.add(thread);
                }
            }
            assertEquals(queued.size(), lot.unparkAll(keys.get(0), 5L) + lot.unparkAll(keys.get(1), 5L));
            for (int i = 0; i < threads.size(); i++) {
                Parked thread = threads.get(i);
                if (queued.contains(thread.thread())) {
                    assertEquals(5L, thread.wokenResult().unparkToken());
                } else if (chosenBefore.contains(thread)) {
                    assertEquals(9L, thread.returnFromPark().result().unparkToken());
                    told++;
                } else if (callbacks.get(i).methods().contains("wakeLost")) {
                    told++;
                }
            }
            assertEquals(chosen, told, "everyone who was chosen is told");
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(Operation.values())
                .flatMap(operation -> Stream.of(Fault.values()).map(point -> Arguments.of(operation, point)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nobodyIsForgottenWhicheverCallFails(Operation operation, Fault point) {
        for (Supplier<Throwable> kind : Thrower.kinds()) {
            int call = 0;
            while (fails(operation, point, call, kind.get())) {
                call++;
            }
            assertEquals(callsOf(operation).contains(point), call > 0, "the premise: which calls are made");
        }
    }

    private static Set<Fault> callsOf(Operation operation) {
        return switch (operation) {
            case PARK -> Set.of(Fault.NEW_PARKER, Fault.PREPARE_PARK, Fault.PARK);
            case UNPARK_ONE, UNPARK_UP_TO, UNPARK_ALL, UNPARK_FILTER, UNPARK_ONE_REQUEUE_REST, REQUEUE_UNPARK_ONE ->
                Set.of(Fault.UNPARK_LOCK, Fault.UNPARK);
            case REQUEUE_ABORT, REQUEUE_ALL -> Set.of();
            case REQUEUE_ONE, TIME_OUT, INTERRUPT, LOOK_THAT_SAYS_NO -> Set.of(Fault.NUDGE, Fault.UNPARK);
            case LOOK_THAT_SAYS_YES -> Set.of(Fault.PREPARE_PARK, Fault.PARK);
        };
    }

    /** Runs the operation with one failing call; false if there was no such call. */
    private static boolean fails(Operation operation, Fault point, int callsBefore, Throwable injected) {
        Scene scene = new Scene();
        try (HandDrivenLot lot = scene.lot) {
            lot.backend.throwAtCall(point, callsBefore, injected);
            Throwable thrown = null;
            try {
                operation.run(scene);
            } catch (RuntimeException | Error e) {
                thrown = e;
            }
            boolean failed = !lot.backend.throwNothing();
            lot.assertSound();
            Invariants.checkNobodyIsInside();
            scene.assertNobodyElseFailed(injected, thrown);
            scene.assertNobodySleepsForgotten(point == Fault.UNPARK);
            scene.assertEverybodyCanBeWoken();
            return failed;
        }
    }
}
