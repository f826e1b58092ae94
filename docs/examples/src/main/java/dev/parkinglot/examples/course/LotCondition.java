package dev.parkinglot.examples.course;

import dev.parkinglot.core.ParkCallbacks;
import dev.parkinglot.core.ParkOptions;
import dev.parkinglot.core.ParkingLot;
import dev.parkinglot.core.Patience;
import dev.parkinglot.core.RequeueCallbacks;
import dev.parkinglot.core.RequeueOp;
import dev.parkinglot.core.UnparkResult;

/** Waits for a condition without the mutex; signalAll moves the waiters to the queue of the mutex, asleep. */
// region:condition
class LotCondition {
    final LotMutex mutex;

    LotCondition(LotMutex mutex) {
        this.mutex = mutex;
    }

    private static final ParkCallbacks<LotCondition> WAIT = new ParkCallbacks<>() {
        @Override
        public boolean validate(LotCondition condition, long parkToken) {
            return true;
        }

        @Override
        public void beforeSleep(LotCondition condition) {
            condition.mutex.unlock(); // only now, when a signal finds this thread in the queue
        }
    };

    /** To be called with the mutex held, in a loop that looks whether the condition holds. */
    void await() {
        ParkingLot.park(this, 0, this, WAIT, ParkOptions.NONE, 0L, Patience.ENDLESS);
        mutex.lock();
    }

    void signal() {
        ParkingLot.unparkOne(this, 0);
    }

    void signalAll() {
        ParkingLot.unparkRequeue(this, 0, mutex, 0, this, MOVE);
    }

    private static final RequeueCallbacks<LotCondition> MOVE = new RequeueCallbacks<>() {
        @Override
        public RequeueOp validate(LotCondition condition) {
            return condition.mayMoveAll() ? RequeueOp.REQUEUE_ALL : RequeueOp.UNPARK_ONE_REQUEUE_REST;
        }

        @Override
        public long unparking(LotCondition condition, RequeueOp op, long parkToken, UnparkResult result) {
            return 0L;
        }
    };

    /** If the mutex is held, its holder will find them. If it is free, one must be woken, and its unlock finds the
     * rest. */
    boolean mayMoveAll() {
        int before = mutex.state.getAndUpdate(state -> state | LotMutex.PARKED);
        return (before & LotMutex.HELD) != 0;
    }
}
// end
