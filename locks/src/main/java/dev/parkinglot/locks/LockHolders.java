package dev.parkinglot.locks;

import dev.parkinglot.core.HoldSource;
import dev.parkinglot.core.KeyNames;
import dev.parkinglot.core.ParkedThread;
import java.util.List;

/** What the locks of this package know of their holders, for the deadlock detector of the lot. */
final class LockHolders implements HoldSource {
    @Override
    public List<Thread> blockers(Object base, long offset, ParkedThread waiter) {
        return base instanceof CondvarLock lock ? lock.blockers(offset) : null;
    }

    @Override
    public String describe(Object base, long offset, long parkToken) {
        if (!(base instanceof CondvarLock lock)) {
            return null;
        }
        String name = KeyNames.describe(lock, 0L);
        String purpose = lock.purposeOf(offset, parkToken);
        return purpose.isEmpty() ? name : name + " " + purpose;
    }
}
