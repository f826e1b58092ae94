package dev.parkinglot.examples.synchronizers;

import dev.parkinglot.core.ParkResult;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.RequeueCallbacks;
import dev.parkinglot.core.RequeueOp;
import dev.parkinglot.core.UnparkResult;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Linux's {@code futex} for the elements of an {@code int[]}: the array is the key's object, and the index its offset.
 * Change an element by {@link #ELEMENT} in a volatile mode, and then wake.
 */
public final class Futex {
    static {
        ParkingLot.prepare();
    }

    /** Access to an element: {@code ELEMENT.getAndAdd(array, index, 1)}. */
    public static final VarHandle ELEMENT = MethodHandles.arrayElementVarHandle(int[].class);

    private Futex() {}

    /** Sleeps if an element has a value, as FUTEX_WAIT. If it has another, that is {@link ParkResult#INVALID}. */
    public static ParkResult await(int[] array, int index, int expected, Patience patience) {
        return ParkingLot.park(array, index, () -> (int) ELEMENT.getVolatile(array, index) == expected, patience);
    }

    /** Wakes so many threads at most that sleep at an element, as FUTEX_WAKE; returns how many there were. */
    public static int wake(int[] array, int index, int limit) {
        return ParkingLot.unparkUpTo(array, index, limit, null, (context, parkToken, result) -> 0L)
                .unparkedThreads();
    }

    /**
     * Wakes the first thread that sleeps at an element and moves all others to another element, if the first element
     * has a value: as FUTEX_CMP_REQUEUE. Returns whether it had this value.
     */
    public static boolean requeue(int[] array, int index, int target, int expected) {
        Requeue requeue = new Requeue();
        ParkingLot.unparkRequeue(
                array, index, array, target, () -> (int) ELEMENT.getVolatile(array, index) == expected, requeue);
        return requeue.done;
    }

    private static final class Requeue implements RequeueCallbacks<BooleanSupplier> {
        boolean done;

        @Override
        public RequeueOp validate(BooleanSupplier isExpected) {
            done = isExpected.getAsBoolean();
            return done ? RequeueOp.UNPARK_ONE_REQUEUE_REST : RequeueOp.ABORT;
        }

        @Override
        public long unparking(BooleanSupplier isExpected, RequeueOp op, long parkToken, UnparkResult result) {
            return 0L;
        }
    }
}
