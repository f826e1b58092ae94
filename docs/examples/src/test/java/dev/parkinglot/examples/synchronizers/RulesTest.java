package dev.parkinglot.examples.synchronizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.UnparkResult;
import dev.parkinglot.testkit.DrivenLot;
import dev.parkinglot.testkit.Scenario;
import dev.parkinglot.testkit.Schedules;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each rule of docs/synchronizers.md, broken: some order of the steps shows it. And none does if all are kept. */
class RulesTest {
    /** Which rule is broken. */
    enum Broken {
        NONE,
        UNPARK_BEFORE_STATE,
        BIT_SET_BLINDLY,
        BIT_CLEARED_OUTSIDE,
        BIT_NOT_VALIDATED,
        MORE_THREADS_OUTSIDE
    }

    private static final int SHUT = 0;
    private static final int OPEN = 1;
    private static final int AWAITED = 2;

    /** {@link AutoResetEvent}, with one rule broken, and a stop where that matters. */
    private static final class Turnstile {
        private final AtomicInteger state = new AtomicInteger(SHUT);
        private final DrivenLot lot;
        private final Broken broken;

        Turnstile(DrivenLot lot, Broken broken) {
            this.lot = lot;
            this.broken = broken;
        }

        private final ParkCallbacks<Object> wait = new ParkCallbacks<>() {
            @Override
            public boolean validate(Object context, long parkToken) {
                return broken == Broken.BIT_NOT_VALIDATED ? state.get() != OPEN : state.get() == AWAITED;
            }

            @Override
            public void timedOut(Object context, Object base, long offset, boolean wasLastThread) {
                if (wasLastThread && broken != Broken.BIT_CLEARED_OUTSIDE) {
                    state.compareAndSet(AWAITED, SHUT);
                }
            }
        };

        boolean await(Patience patience) {
            while (true) {
                if (state.compareAndSet(OPEN, SHUT)) {
                    return true;
                }
                if (state.get() != AWAITED && !setBit()) {
                    continue;
                }
                ParkResult result = ParkingLot.park(this, 0, null, wait, ParkOptions.NONE, 0L, patience);
                if (result.kind() == ParkResult.Kind.UNPARKED) {
                    return true;
                }
                if (result.kind() == ParkResult.Kind.TIMED_OUT) {
                    if (broken == Broken.BIT_CLEARED_OUTSIDE) {
                        boolean nobody = ParkingLot.waiters(this, 0).isEmpty();
                        lot.stop("has seen that nobody waits");
                        if (nobody) {
                            state.compareAndSet(AWAITED, SHUT);
                        }
                    }
                    return false;
                }
            }
        }

        private boolean setBit() {
            if (broken == Broken.BIT_SET_BLINDLY) {
                lot.stop("has seen it shut");
                state.set(AWAITED);
                return true;
            }
            return state.compareAndSet(SHUT, AWAITED);
        }

        void set() {
            while (state.get() != OPEN) {
                if (state.compareAndSet(SHUT, OPEN)) {
                    return;
                }
                if (state.get() == AWAITED) {
                    wakeOne();
                    return;
                }
            }
        }

        private void wakeOne() {
            switch (broken) {
                case UNPARK_BEFORE_STATE, MORE_THREADS_OUTSIDE -> {
                    UnparkResult result =
                            ParkingLot.unparkOne(this, 0, null, (context, parkToken, inside) -> unless(inside));
                    lot.stop("has unparked");
                    state.set(next(result));
                }
                default ->
                    ParkingLot.unparkOne(this, 0, null, (context, parkToken, result) -> {
                        state.set(next(result));
                        return 0L;
                    });
            }
        }

        /** With nobody to wake, MORE_THREADS_OUTSIDE still keeps the first rule. */
        private long unless(UnparkResult inside) {
            if (broken == Broken.MORE_THREADS_OUTSIDE && inside.unparkedThreads() == 0) {
                state.set(OPEN);
            }
            return 0L;
        }

        private static int next(UnparkResult result) {
            return result.unparkedThreads() == 0 ? OPEN : result.haveMoreThreads() ? AWAITED : SHUT;
        }
    }

    /** Two who wait, of whom one may have no time, and one who sets: no set is lost, and nobody is left asleep. */
    private static Scenario scenario(Broken broken, boolean timed) {
        return lot -> {
            Turnstile turnstile = new Turnstile(lot, broken);
            List<Boolean> passed = new CopyOnWriteArrayList<>();
            lot.thread("waiter", () -> passed.add(turnstile.await(Patience.ENDLESS)));
            Patience patience = timed ? Patience.until(lot.clock().getAsLong()) : Patience.ENDLESS;
            lot.thread("other", () -> passed.add(turnstile.await(patience)));
            lot.thread("setter", turnstile::set);
            return () -> {
                long passes = passed.stream().filter(pass -> pass).count();
                assertEquals(1L, passes + (turnstile.state.get() == OPEN ? 1L : 0L), "sets that had their effect");
                turnstile.set();
                lot.runAll();
                turnstile.set();
                lot.runAll();
                Schedules.requireAllEnded(lot);
            };
        };
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void brokenRulesAreFoundOut(Broken broken) {
        boolean timed = broken == Broken.BIT_CLEARED_OUTSIDE;
        AssertionError error = assertThrows(AssertionError.class, () -> Schedules.all(scenario(broken, timed)));
        String cause = error.getCause().getMessage();
        assertTrue(cause.contains("sets that had their effect") || cause.contains("not all threads"), error::toString);
    }

    @Test
    void keptRulesHoldInAllOrders() {
        Schedules.all(scenario(Broken.NONE, false));
        Schedules.all(scenario(Broken.NONE, true));
    }

    // ---- keys

    /** Room for one thing. Those who put and those who take wait in one queue or in two. */
    private static final class Box {
        private final AtomicBoolean full = new AtomicBoolean();
        private final long takers;

        Box(int queues) {
            takers = queues - 1L;
        }

        void put() {
            while (!full.compareAndSet(false, true)) {
                ParkingLot.park(this, 0L, full::get);
            }
            ParkingLot.unparkOne(this, takers);
        }

        void take() {
            while (!full.compareAndSet(true, false)) {
                ParkingLot.park(this, takers, () -> !full.get());
            }
            ParkingLot.unparkOne(this, 0L);
        }
    }

    private static void twoWhoPutAndTwoWhoTake(int queues) {
        Schedules.all(lot -> {
            Box box = new Box(queues);
            lot.start("taker", box::take);
            lot.start("other taker", box::take);
            lot.thread("putter", box::put);
            lot.thread("other putter", box::put);
            return () -> Schedules.requireAllEnded(lot);
        });
    }

    @Test
    void whoeverWaitsForSomethingElseWaitsInAQueueOfItsOwn() {
        twoWhoPutAndTwoWhoTake(2);
        AssertionError error = assertThrows(AssertionError.class, () -> twoWhoPutAndTwoWhoTake(1));
        assertTrue(error.getCause().getMessage().contains("not all threads"), error::toString);
    }

    /** Two who meet, again and again. The rounds have one key, or each has its own. */
    private static final class Meeting {
        private final boolean oneKey;
        private final AtomicInteger letGoTooEarly = new AtomicInteger();
        private volatile Round round = new Round();

        private static final class Round {
            final AtomicInteger missing = new AtomicInteger(2);
            volatile boolean over;
        }

        Meeting(boolean oneKey) {
            this.oneKey = oneKey;
        }

        void await() {
            Round mine = round;
            Object key = oneKey ? this : mine;
            if (mine.missing.decrementAndGet() == 0) {
                round = new Round();
                mine.over = true;
                ParkingLot.unparkAll(key, 0);
            } else {
                ParkingLot.park(key, 0, () -> !mine.over);
                if (!mine.over) {
                    letGoTooEarly.incrementAndGet();
                }
            }
        }
    }

    private static void meetTwice(boolean oneKey) {
        Schedules.all(lot -> {
            Meeting meeting = new Meeting(oneKey);
            for (String name : List.of("one", "other")) {
                lot.thread(name, () -> {
                    meeting.await();
                    lot.stop("has met"); // a step ends before an unpark, not after it
                    meeting.await();
                });
            }
            return () -> {
                assertEquals(0, meeting.letGoTooEarly.get(), "threads that were let go before their round was over");
                Schedules.requireAllEnded(lot);
            };
        });
    }

    @Test
    void eachRoundHasAKeyOfItsOwn() {
        meetTwice(false);
        AssertionError error = assertThrows(AssertionError.class, () -> meetTwice(true));
        assertTrue(error.getCause().getMessage().contains("before their round"), error::toString);
    }
}
