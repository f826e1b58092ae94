package dev.parkinglot.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.testing.ThreadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulesTest {
    private static List<ThreadKind> kinds() {
        return ThreadKind.available();
    }

    private static void twoWaitersAndAnOpener(Gate gate, DrivenLot lot) {
        lot.thread("waiter", gate::await);
        lot.thread("other", gate::await);
        lot.thread("opener", gate::open);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theGateOpensForAllInEveryOrder(ThreadKind kind) {
        int runs = Schedules.all(task -> kind.unstarted("driven", task), lot -> {
            twoWaitersAndAnOpener(new Gate(), lot);
            return () -> Schedules.requireAllEnded(lot);
        });
        assertTrue(runs > 10, "runs: " + runs);
    }

    @Test
    void aGateThatUnparksBeforeItOpensIsFoundOut() {
        AssertionError error = assertThrows(
                AssertionError.class,
                () -> Schedules.all(lot -> {
                    twoWaitersAndAnOpener(
                            new Gate() {
                                @Override
                                void open() {
                                    ParkingLot.unparkAll(this, 0);
                                    lot.stop("unparked");
                                    open = true;
                                }
                            },
                            lot);
                    return () -> Schedules.requireAllEnded(lot);
                }));
        assertTrue(error.getMessage().contains("opener (AT_LABEL unparked)"), error::getMessage);
    }

    @Test
    void aGateWhoseConditionDoesNotLookIsFoundOut() {
        assertThrows(
                AssertionError.class,
                () -> Schedules.all(lot -> {
                    twoWaitersAndAnOpener(
                            new Gate() {
                                @Override
                                void await() {
                                    while (!open) {
                                        ParkingLot.park(this, 0, () -> true);
                                    }
                                }
                            },
                            lot);
                    return () -> Schedules.requireAllEnded(lot);
                }));
    }

    @Test
    void tooManyOrdersAreReported() {
        Scenario twoOrders = lot -> {
            lot.thread("a", () -> {});
            lot.thread("b", () -> {});
            return () -> {};
        };
        assertEquals(2, Schedules.upTo(2, twoOrders));
        assertThrows(AssertionError.class, () -> Schedules.upTo(1, twoOrders));
    }

    @Test
    void everyOrderIsRunOnce() {
        TreeSet<String> orders = new TreeSet<>();
        int runs = Schedules.all(lot -> {
            StringBuilder order = new StringBuilder();
            for (String name : List.of("a", "b", "c")) {
                lot.thread(name, () -> {
                    order.append(name);
                    lot.stop("between");
                    order.append(name);
                });
            }
            return () -> orders.add(order.toString());
        });
        assertEquals(90, runs); // 6! / (2! 2! 2!)
        assertEquals(90, orders.size());
    }

    @Test
    void aScenarioWithoutEndAndAFailureAreReportedAtOnce() {
        assertThrows(
                AssertionError.class,
                () -> Schedules.all(lot -> {
                    lot.thread("endless", () -> {
                        while (true) {
                            lot.stop("again");
                        }
                    });
                    return () -> {};
                }));
        List<Integer> runs = new ArrayList<>();
        AssertionError failure = new AssertionError("injected");
        assertEquals(
                failure,
                assertThrows(
                                AssertionError.class,
                                () -> Schedules.all(lot -> {
                                    lot.thread("single", () -> {});
                                    return () -> {
                                        runs.add(1);
                                        throw failure;
                                    };
                                }))
                        .getCause());
        assertEquals(List.of(1), runs);
    }
}
