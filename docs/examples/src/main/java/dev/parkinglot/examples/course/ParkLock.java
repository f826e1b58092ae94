package dev.parkinglot.examples.course;

/** Looks once more when it is in the queue. */
// region:park
class ParkLock extends ForgetfulParkLock {
    @Override
    boolean mustSleep(Sleeper me) {
        if (held.get()) {
            return true; // whoever unlocks from now on finds this thread in the queue
        }
        sleepers.remove(me);
        return false;
    }
}
// end
