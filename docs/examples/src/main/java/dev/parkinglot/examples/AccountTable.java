package dev.parkinglot.examples;

import dev.parkinglot.locks.BufferMutex;
import org.agrona.concurrent.AtomicBuffer;

/**
 * Accounts as records of 16 bytes in memory that may lie off the heap or in a file, each with its lock inside: no
 * object for an account, none for its lock.
 *
 * <pre>
 *   byte   0..3   the lock
 *   byte   4..7   unused
 *   byte   8..15  the balance
 * </pre>
 */
public final class AccountTable {
    /** The bytes that an account takes. */
    public static final int RECORD = 16;

    private static final int LOCK = 0;
    private static final int BALANCE = 8;

    private final AtomicBuffer records;

    /** Opens a table; zero bytes are free accounts that hold nothing. */
    public AccountTable(AtomicBuffer records) {
        this.records = records;
    }

    /**
     * Frees the locks that a process left behind which ended while it held them. Call it first if the memory is that of
     * a file.
     */
    public void reset() {
        for (int at = 0; at < records.capacity(); at += RECORD) {
            BufferMutex.reset(records, at + LOCK);
        }
    }

    /** Adds to the balance of an account; accounts are numbered from 0. */
    public void deposit(int account, long amount) {
        lock(account);
        add(account, amount);
        unlock(account);
    }

    /** Moves money if there is enough, seen by others either on both accounts or on none. */
    public boolean transfer(int from, int to, long amount) {
        if (from == to) {
            return true;
        }
        // Always the lower first: two transfers in opposite directions cannot wait for each other.
        lock(Math.min(from, to));
        lock(Math.max(from, to));
        try {
            if (balance(from) < amount) {
                return false;
            }
            add(from, -amount);
            add(to, amount);
            return true;
        } finally {
            unlock(from);
            unlock(to);
        }
    }

    /** Reads a balance. While others write, it may be that of a moment ago. */
    public long balance(int account) {
        return records.getLongVolatile(account * RECORD + BALANCE);
    }

    private void add(int account, long amount) {
        records.putLongRelease(account * RECORD + BALANCE, balance(account) + amount);
    }

    private void lock(int account) {
        BufferMutex.lock(records, account * RECORD + LOCK);
    }

    private void unlock(int account) {
        BufferMutex.unlock(records, account * RECORD + LOCK);
    }
}
